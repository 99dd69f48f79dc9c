import type { MigrationChange, MigrationState } from '@switchyard/contract';
import { ADMIN_TOKEN } from './admin.token.js';

/** Changes a service's stage through the admin API, as a person would. @throws Error when the server refuses */
export async function changeStage(
  { url }: { url: string },
  service: string,
  change: Omit<MigrationChange, 'reason'>,
  token = ADMIN_TOKEN,
): Promise<MigrationState> {
  const response = await fetch(`${url}/admin/migration/${service}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ reason: 'a test', ...change }),
  });
  const body: unknown = await response.json();
  if (!response.ok) throw new Error(`unable to change ${service}; ${JSON.stringify(body)}`);
  return body as MigrationState;
}
