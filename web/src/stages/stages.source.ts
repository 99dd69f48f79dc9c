import type { MigrationState, RealtimeConfig, ServiceAddress, Stage } from '@switchyard/contract';
import { ask } from '../realtime/server.request.js';

/** Where one service is: what this client is told and, for an operator, what the server keeps about it. */
export interface ServiceStage {
  name: string;
  address: ServiceAddress;
  migration?: MigrationState;
}

/** What a move needs. */
export interface StageMove {
  stage: Stage;
  percent?: number;
  reason: string;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}`, 'x-switchyard-actor': 'console' });

/** Every service's stage, as this client is told. @throws RemoteFault, Fault `wire.lost` */
export async function readStages(clientId: string, signal: AbortSignal): Promise<ServiceStage[]> {
  const query = new URLSearchParams({ client_id: clientId });
  const { services } = await ask<RealtimeConfig>(`/realtime/config?${query}`, { signal });
  return Object.entries(services).map(([name, address]) => ({ name, address }));
}

/** What the server keeps about every service. @throws RemoteFault `auth.invalid`, `admin.closed`; Fault `wire.lost` */
export async function readMigration(token: string, signal: AbortSignal): Promise<MigrationState[]> {
  const { services } = await ask<{ services: MigrationState[] }>('/admin/migration', {
    headers: bearer(token),
    signal,
  });
  return services;
}

/** Moves a service. @throws RemoteFault `stage.illegal`, `input.invalid`, `auth.invalid`; Fault `wire.lost` */
export function moveService(token: string, service: string, move: StageMove): Promise<MigrationState> {
  return ask(`/admin/migration/${service}`, {
    method: 'PUT',
    headers: { ...bearer(token), 'content-type': 'application/json' },
    body: JSON.stringify(move),
  });
}
