import type { MigrationChange, MigrationState } from '@switchyard/contract';
import { AdminClient } from './admin.client.js';

/** Changes a service's stage through the admin API, as a person would. @throws Error when the server refuses */
export function changeStage(
  { url }: { url: string },
  service: string,
  change: Omit<MigrationChange, 'reason'>,
): Promise<MigrationState> {
  return new AdminClient(url).change(service, change);
}
