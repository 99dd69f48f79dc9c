import { join } from 'node:path';
import { Child } from '../../process/child.js';
import type { LoadCommands, ServerCommands } from './commands.js';

/** A system under test. */
export interface System {
  name: 'raw' | 'raw-ws' | 'nest' | 'switchyard' | 'presence';
  label: string;
}

/** The systems in the order of their turns; the others are compared with the first. */
export const SYSTEMS: readonly System[] = [
  { name: 'raw', label: 'raw socket.io' },
  { name: 'raw-ws', label: 'raw ws' },
  { name: 'nest', label: 'Nest gateway + ValidationPipe' },
  { name: 'switchyard', label: 'Switchyard' },
  { name: 'presence', label: 'Switchyard, with presence' },
];

/** A server under test and its load process. */
export interface Pair {
  server: Child<ServerCommands>;
  load: Child<LoadCommands>;
  url: string;
}

/** Starts a system and its load process, passes them to `use`, and ends both in any case. */
export async function withPair<T>({ name }: System, use: (pair: Pair) => Promise<T>): Promise<T> {
  const program = (file: string) => join(__dirname, '../programs', file);
  const { child: server, ready: port } = await Child.start<ServerCommands, number>(program(`${name}.server.js`), [
    '--expose-gc',
  ]);
  try {
    const { child: load } = await Child.start<LoadCommands>(program('load.js'));
    try {
      return await use({ server, load, url: `http://127.0.0.1:${port}` });
    } finally {
      await load.stop();
    }
  } finally {
    await server.stop();
  }
}
