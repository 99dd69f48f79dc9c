import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { callPath, pollPath, type JoinReply, type Reply, type ServiceContract } from '@switchyard/contract';

const ASK_EVERY_MS = 10;

/** Where the application is; the same before and after it was killed. */
export interface Server {
  readonly url: string;
}

/** A room in which something goes on. */
export interface BusyRoom {
  readonly key: string;
  /** Whether it ends by itself, perhaps before anybody has seen anything of it. */
  readonly isShort?: boolean;
  /** Whether it ends with the process that works on it, which need not be the one that was asked. */
  readonly isRun?: boolean;
  /** Does, or waits for, one more thing; rejects when the server is gone. */
  act(): Promise<void>;
  /**
   * Complains when, after a restart, something that was acknowledged is missing or something is stuck; `died` says
   * that the only process that there is was killed meanwhile.
   */
  check(died: boolean): Promise<void>;
  close?(): void;
}

/** How a service is kept busy while its process is killed: the one thing about it that the restart suite has to know. */
export interface BusyService {
  readonly contract: ServiceContract;
  start(server: Server): Promise<BusyRoom>;
}

/** Every service for which a file `{service}.busy.ts` says how it is kept busy. */
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

/** What a join would be answered with. */
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

/** The snapshot, once it is as wanted. */
export async function snapshotWhen<S>(
  server: Server,
  contract: ServiceContract,
  key: string,
  wanted: (snapshot: S) => boolean,
): Promise<S> {
  for (;;) {
    const { snapshot } = await poll<S>(server, contract, key);
    if (wanted(snapshot!)) return snapshot!;
    // Asked without a break, it would be busy with being asked.
    await pause(ASK_EVERY_MS);
  }
}
