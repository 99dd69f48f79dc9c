import type { MigrationState, RealtimeConfig, ServiceAddress, Stage } from '@switchyard/contract';
import { ask } from '../realtime/server.request.js';

/** A service's stage: this client's configuration and, for operators, the server's record. */
export interface ServiceStage {
  name: string;
  address: ServiceAddress;
  migration?: MigrationState;
}

/** The parameters of a move. */
export interface StageMove {
  stage: Stage;
  percent?: number;
  reason: string;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}`, 'x-switchyard-actor': 'console' });

/** Loads every service's stage for this client. @throws RemoteFault, Fault `wire.lost` */
export async function readStages(clientId: string, signal: AbortSignal): Promise<ServiceStage[]> {
  const query = new URLSearchParams({ client_id: clientId });
  const { services } = await ask<RealtimeConfig>(`/realtime/config?${query}`, { signal });
  return Object.entries(services).map(([name, address]) => ({ name, address }));
}

/** Loads the server's records of all services. @throws RemoteFault `auth.invalid`, `admin.closed`; Fault `wire.lost` */
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
