/** What the legacy wire needs of a WebSocket; the browser's and that of `ws` both fit. */
export interface LegacySocket {
  send(data: string): void;
  close(code?: number, reason?: string): void;
  /** Ends the connection at once; browsers have no such thing. */
  terminate?(): void;
  addEventListener(type: 'open' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { code: number; reason: string }) => void): void;
}

export type LegacySocketClass = new (url: string) => LegacySocket;

/** The platform's WebSocket; undefined where there is none, as in Node.js before 22. */
export function platformSocket(): LegacySocketClass | undefined {
  return (globalThis as { WebSocket?: LegacySocketClass }).WebSocket;
}

type Fields = Readonly<Record<string, string | undefined>>;

/** The address of a room on an old wire: the path's parameter filled in or added, and what Switchyard asks. */
export function legacyUrl(base: string, path: string, room: Fields, query: Fields): string {
  const inPath = ([name]: [string, unknown]) => path.includes(`/:${name}`);
  const entries = Object.entries(room);
  const filled = entries
    .filter(inPath)
    .reduce((text, [name, key]) => text.replace(`:${name}`, encodeURIComponent(key!)), path);
  const url = new URL(base.replace(/^http/, 'ws') + filled);
  const asked = [['switchyard', '1'] as const, ...entries.filter((entry) => !inPath(entry)), ...Object.entries(query)];
  for (const [name, value] of asked) if (value !== undefined) url.searchParams.set(name, value);
  return url.href;
}
