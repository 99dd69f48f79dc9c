import { join } from 'node:path';
import type { Pair, System } from '../process/system.js';
import type { Plan } from './measure.js';

/** Measures the server's CPU time during `work` in µs, user and system. */
export async function cpuDuring(
  { server }: Pair,
  { profiles }: Plan,
  { name }: System,
  work: () => Promise<unknown>,
): Promise<number> {
  if (profiles) await server.ask('profile');
  const before = await server.ask('cpu');
  await work();
  const used = (await server.ask('cpu')) - before;
  if (profiles) await server.ask('saveProfile', join(profiles, `${name}-${Date.now()}.cpuprofile`));
  return used;
}
