import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isTerminal, type LegacyCodec, type RootCodec, type ServiceContract } from '@switchyard/contract';
import type { Server } from '../restart/busy.service.js';

/** Starts runs of one service, each followed in a room. */
export interface Runner {
  /** Starts a run and resolves to its room's key. */
  begin(): Promise<string>;
  /** Ends a run; absent if runs end by themselves. */
  end?(key: string): Promise<unknown>;
  close?(): Promise<void>;
}

/** How runs of a service start and end; tests of final states and leaks need nothing else. */
export interface ServiceRuns {
  readonly contract: ServiceContract;
  /** The old wire, if it has its own path. */
  readonly legacy?: LegacyCodec<any>;
  /** The old wire, if it is Socket.IO's root namespace. */
  readonly root?: RootCodec<any>;
  /** Whether a room exists under every key. */
  readonly knowsEveryKey?: boolean;
  /** The settings to start the application with. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether runs are started one by one, because there is only one room or one program. */
  readonly isAlone?: boolean;
  /** What stays in memory on purpose: at most that many objects of that many runs. */
  readonly remembered?: { readonly objects: number; readonly runs: number };
  /** Tells whether a snapshot shows a finished run. */
  isOver(snapshot: object): boolean;
  /** Tells whether an event is a run's last one; absent if the contract declares it. */
  isLast?(event: string, payload: object): boolean;
  start(server: Server): Promise<Runner>;
}

/** Tells whether rooms of a service end with their run. */
export function endsRooms({ contract }: ServiceRuns): boolean {
  return [...contract.events.values()].some(({ terminal }) => terminal !== undefined);
}

/** The settings to start the application for these services, without rate limits. */
export function environmentFor(services: readonly ServiceRuns[]): Record<string, string> {
  const unlimited = { RATE_LIMIT_MESSAGES: '0', RATE_LIMIT_JOINS: '0', MAX_CONNECTIONS_PER_USER: '0' };
  return Object.assign({}, unlimited, ...services.map(({ environment }) => environment)) as Record<string, string>;
}

/** Tells whether an event is the last one of a run. */
export function isLast(service: ServiceRuns, event: string, payload: object): boolean {
  return service.isLast?.(event, payload) ?? isTerminal(service.contract, event, payload);
}

/** All services with a file `{service}.runs.ts`, by name. */
export function everyServiceRuns(): ServiceRuns[] {
  const files = readdirSync(__dirname).filter((file) => file.endsWith('.runs.ts') && !file.startsWith('service.'));
  return files.sort().map((file) => (require(join(__dirname, file)) as { runs: ServiceRuns }).runs);
}

/** Uploads a text into the index, so that searches find something. */
export async function uploadText({ url }: Server): Promise<void> {
  const text = '# Retarders\n\nA retarder is a brake that belongs to the track and slows a wagon.';
  const form = new FormData();
  form.set('file', new Blob([text], { type: 'text/markdown' }), 'retarders.md');
  const response = await fetch(`${url}/api/knowledge-items/upload`, { method: 'POST', body: form });
  if (!response.ok) throw new Error(`upload: ${response.status}`);
}
