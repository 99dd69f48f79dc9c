import { join } from 'node:path';
import { Child } from './child.js';
import type { LoadCommands, ServerCommands } from './commands.js';

/** A system under test. */
export interface System {
  name: 'raw' | 'raw-ws' | 'nest' | 'switchyard' | 'presence';
  label: string;
}

/** The systems in the order they take turns; the first that is measured is what the others are compared with. */
export const SYSTEMS: readonly System[] = [
  { name: 'raw', label: 'raw socket.io' },
  { name: 'raw-ws', label: 'raw ws' },
  { name: 'nest', label: 'Nest gateway + ValidationPipe' },
  { name: 'switchyard', label: 'Switchyard' },
  { name: 'presence', label: 'Switchyard, with presence' },
];

/** A server under test and the load for it, each a process of its own. */
export interface Pair {
  server: Child<ServerCommands>;
  load: Child<LoadCommands>;
  url: string;
}

/** Starts a system and a load for it, hands them to `use`, and ends both whatever happens. */
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
