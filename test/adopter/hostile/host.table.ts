import { HTTP_ROWS, LISTENER_ROWS, SOCKET_IO_ROWS, WS_ROWS } from './host.rows.js';
import { recordHttp } from './http.row.js';
import { recordSocket } from './socket.row.js';

/** How a host opens its sockets, which decides about its rows. */
export type Sockets = 'listener' | 'ws';

/** What a host answers: lines by the name of the row. */
export type HostTable = ReadonlyMap<string, readonly string[]>;

/** A row that the module changes. */
export interface HostDifference {
  row: string;
  /** The lines that only the host without the module has, marked `-`, and only the host with it, marked `+`. */
  lines: readonly string[];
  /** Why this is meant, if it is. */
  meant?: string;
  /** What the framework cannot keep so far. */
  notYet?: string;
}

/** Records everything that a host answers. */
export async function recordHost(port: number, sockets: Sockets): Promise<HostTable> {
  const requests = [...HTTP_ROWS, ...(sockets === 'listener' ? SOCKET_IO_ROWS : [])].map(
    async (row) => [row.name, await recordHttp(port, row)] as const,
  );
  const conversations = socketRows(sockets).map(async (row) => [row.name, await recordSocket(port, row)] as const);
  return new Map(await Promise.all([...requests, ...conversations]));
}

/** Compares two tables row by row. */
export function differences(without: HostTable, added: HostTable, sockets: Sockets): HostDifference[] {
  return [...without].flatMap(([row, before]) => {
    const after = added.get(row) ?? [];
    if (before.join('\n') === after.join('\n')) return [];
    const lines = [
      ...before.filter((line) => !after.includes(line)).map((line) => `- ${shortened(line)}`),
      ...after.filter((line) => !before.includes(line)).map((line) => `+ ${shortened(line)}`),
    ];
    const meant = socketRows(sockets).find(({ name }) => name === row)?.mayDiffer;
    const notYet = [...SOCKET_IO_ROWS, ...socketRows(sockets)].find(({ name }) => name === row)?.notYet;
    return [{ row, lines: lines.length ? lines : ['(the same lines in another order)'], meant, notYet }];
  });
}

const socketRows = (sockets: Sockets) => (sockets === 'listener' ? LISTENER_ROWS : WS_ROWS);
const shortened = (line: string) => (line.length > 160 ? `${line.slice(0, 150)}… (${line.length} characters)` : line);
