import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { callPath, pollPath, type JoinReply, type Reply, type ServiceContract } from '@switchyard/contract';

const ASK_EVERY_MS = 25;

/** The application's address, unchanged by restarts. */
export interface Server {
  readonly url: string;
}

/** A room with ongoing work. */
export interface BusyRoom {
  readonly key: string;
  /** Whether it ends by itself, perhaps before any follower has seen an event. */
  readonly isShort?: boolean;
  /** Whether it ends with the process that works on it, which may be another one than the called one. */
  readonly isRun?: boolean;
  /** Does, or waits for, one more step; rejects while the server is down. */
  act(): Promise<void>;
  /**
   * Fails when, after a restart, acknowledged data is missing or something is stuck; `died` says
   * that the only process was killed meanwhile.
   */
  check(died: boolean): Promise<void>;
  close?(): void;
}

/** How to keep a service busy while its process is killed; the restart suite needs nothing else. */
export interface BusyService {
  readonly contract: ServiceContract;
  start(server: Server): Promise<BusyRoom>;
}

/** All services with a file `{service}.busy.ts`. */
export function busyServices(): BusyService[] {
  const files = readdirSync(__dirname).filter((file) => file.endsWith('.busy.ts'));
  return files.map((file) => (require(join(__dirname, file)) as { busy: BusyService }).busy);
}

/** Makes a call over HTTP. @throws Error when it is refused */
export async function call<T>({ url }: Server, contract: ServiceContract, name: string, payload: object): Promise<T> {
  const response = await fetch(url + callPath(contract, name), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(payload),
  });
  const reply = (await response.json()) as Reply<T>;
  if (!reply.ok) throw new Error(`${name}: ${reply.error.code}`);
  return reply.data;
}

/** Returns the reply that a join would get. */
export async function poll<S>(
  { url }: Server,
  contract: ServiceContract,
  key: string,
  since = '',
): Promise<JoinReply<S>> {
  const response = await fetch(`${url}${pollPath(contract)}/${key}${since && `?since=${since}`}`);
  if (!response.ok) throw new Error(`${contract.name}/${key}: ${response.status}`);
  return (await response.json()) as JoinReply<S>;
}

/** Resolves to the snapshot once it matches. */
export async function snapshotWhen<S>(
  server: Server,
  contract: ServiceContract,
  key: string,
  wanted: (snapshot: S) => boolean,
): Promise<S> {
  for (;;) {
    const { snapshot } = await poll<S>(server, contract, key);
    if (wanted(snapshot!)) return snapshot!;
    // Without a pause, the polling itself would keep the server busy.
    await pause(ASK_EVERY_MS);
  }
}
