import {
  RemoteFault,
  type MigrationAudit,
  type MigrationChange,
  type MigrationState,
  type RealtimeConfig,
  type ServiceAddress,
} from '@switchyard/contract';
import { ask } from '../realtime/server.request.js';
import { actorHeader } from './actor.js';

/** A service's stage: this client's configuration and, for operators, the server's record. */
export interface ServiceStage {
  name: string;
  address: ServiceAddress;
  migration?: MigrationState;
}

/** The result of an order. */
export interface StageResult {
  /** The service's state now. */
  state: MigrationState;
  /** False when somebody else had changed the service meanwhile, so that the order was not carried out. */
  isDone: boolean;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}`, 'x-switchyard-actor': actorHeader() });
const admin = <T>(token: string, path = '', signal?: AbortSignal) =>
  ask<T>(`/admin/migration${path}`, { headers: bearer(token), ...(signal && { signal }) });

/** Loads every service's stage for this client. @throws RemoteFault, Fault `wire.lost` */
export async function readStages(clientId: string, signal: AbortSignal): Promise<ServiceStage[]> {
  const query = new URLSearchParams({ client_id: clientId });
  const { services } = await ask<RealtimeConfig>(`/realtime/config?${query}`, { signal });
  return Object.entries(services).map(([name, address]) => ({ name, address }));
}

/** Loads the server's records of all services. @throws RemoteFault `auth.invalid`, `admin.closed`; Fault `wire.lost` */
export async function readMigration(token: string, signal: AbortSignal): Promise<MigrationState[]> {
  return (await admin<{ services: MigrationState[] }>(token, '', signal)).services;
}

/** Loads the number of open connections of a service by wire, where the server counts them. @throws RemoteFault, Fault `wire.lost` */
export async function readClients(
  token: string,
  service: string,
  signal: AbortSignal,
): Promise<Record<string, number> | undefined> {
  return (await admin<{ clients?: Record<string, number> }>(token, `/${service}/figures?minutes=1`, signal)).clients;
}

/** Finds the change that put a held service on hold, in the last part of its audit. @throws RemoteFault, Fault `wire.lost` */
export async function readHold(token: string, service: string): Promise<MigrationAudit | undefined> {
  const { entries } = await admin<{ entries: MigrationAudit[] }>(token, `/${service}/audit?limit=50`);
  return entries.find(({ from, to }) => to.held && !from.held);
}

/**
 * Changes a service. A move is made only from the state that the operator sees; a hold and the brake work at any stage.
 *
 * @throws RemoteFault `stage.illegal`, `stage.held`, `input.invalid`, `auth.invalid`; Fault `wire.lost`
 */
export async function changeService(token: string, seen: MigrationState, order: MigrationChange): Promise<StageResult> {
  const path = `/${seen.service}`;
  const before = await admin<MigrationState>(token, path);
  if (order.stage !== undefined && isOther(before, seen)) return { state: before, isDone: false };
  try {
    const state = await ask<MigrationState>(`/admin/migration${path}`, {
      method: 'PUT',
      headers: { ...bearer(token), 'content-type': 'application/json' },
      body: JSON.stringify(order),
    });
    return { state, isDone: true };
  } catch (refusal) {
    if (!(refusal instanceof RemoteFault)) throw refusal;
    const state = await admin<MigrationState>(token, path);
    if (isOther(state, before)) return { state, isDone: false };
    throw refusal;
  }
}

function isOther(now: MigrationState, seen: MigrationState): boolean {
  return now.updated_at !== seen.updated_at || now.updated_by !== seen.updated_by;
}
