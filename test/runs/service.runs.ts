import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isTerminal, type LegacyCodec, type RootCodec, type ServiceContract } from '@switchyard/contract';
import type { Server } from '../restart/busy.service.js';

/** Begins runs of one service: things that start, go on and end, each followed in a room. */
export interface Runner {
  /** Begins a run and resolves to the key of its room. */
  begin(): Promise<string>;
  /** Brings a run to its end; absent where it comes by itself. */
  end?(key: string): Promise<unknown>;
  close?(): Promise<void>;
}

/** What a run of a service is: the one thing that tests of how runs end, and of what they leave behind, have to know. */
export interface ServiceRuns {
  readonly contract: ServiceContract;
  /** The old wire, where it is a path of its own. */
  readonly legacy?: LegacyCodec<any>;
  /** The old wire, where it is Socket.IO's root namespace. */
  readonly root?: RootCodec<any>;
  /** Whether there is a room under every key, also one that nobody has heard of. */
  readonly knowsEveryKey?: boolean;
  /** What the application must be started with. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether one run at a time is made, since there is only one room or one thing that runs. */
  readonly isAlone?: boolean;
  /** What stays in memory of a run on purpose: at most so many objects, of no more than so many runs. */
  readonly remembered?: { readonly objects: number; readonly runs: number };
  /** Whether this is how a room looks when its run is over. */
  isOver(snapshot: object): boolean;
  /** Whether an event is a run's last one; absent where the contract says so. */
  isLast?(event: string, payload: object): boolean;
  start(server: Server): Promise<Runner>;
}

/** Whether rooms of a service are over with their run, and not only the run. */
export function endsRooms({ contract }: ServiceRuns): boolean {
  return [...contract.events.values()].some(({ terminal }) => terminal !== undefined);
}

/** What the application must be started with for these services, without limits on how often it may be asked. */
export function environmentFor(services: readonly ServiceRuns[]): Record<string, string> {
  const unlimited = { RATE_LIMIT_MESSAGES: '0', RATE_LIMIT_JOINS: '0', MAX_CONNECTIONS_PER_USER: '0' };
  return Object.assign({}, unlimited, ...services.map(({ environment }) => environment)) as Record<string, string>;
}

/** Whether an event is the last one of a run. */
export function isLast(service: ServiceRuns, event: string, payload: object): boolean {
  return service.isLast?.(event, payload) ?? isTerminal(service.contract, event, payload);
}

/** Every service for which a file `{service}.runs.ts` says what its runs are, in the order of their names. */
export function everyServiceRuns(): ServiceRuns[] {
  const files = readdirSync(__dirname).filter((file) => file.endsWith('.runs.ts') && !file.startsWith('service.'));
  return files.sort().map((file) => (require(join(__dirname, file)) as { runs: ServiceRuns }).runs);
}

/** Puts a text into the index, so that there is something to be found. */
export async function uploadText({ url }: Server): Promise<void> {
  const text = '# Retarders\n\nA retarder is a brake that belongs to the track and slows a wagon.';
  const form = new FormData();
  form.set('file', new Blob([text], { type: 'text/markdown' }), 'retarders.md');
  const response = await fetch(`${url}/api/knowledge-items/upload`, { method: 'POST', body: form });
  if (!response.ok) throw new Error(`upload: ${response.status}`);
}
