/** The part of a WebSocket that old wires use; the browser's WebSocket and that of `ws` fit. */
export interface LegacySocket {
  /** Set to `arraybuffer`, so that bytes arrive at once. */
  binaryType?: string;
  send(data: string): void;
  close(code?: number, reason?: string): void;
  /** Cuts the connection without a closing handshake; browsers cannot. */
  terminate?(): void;
  addEventListener(type: 'open' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { code: number; reason: string }) => void): void;
}

/** The constructor of a WebSocket for old wires. */
export type LegacySocketClass = new (url: string, protocols?: string[]) => LegacySocket;

/** The platform's WebSocket; undefined in Node.js before 22. */
export function platformSocket(): LegacySocketClass | undefined {
  return (globalThis as { WebSocket?: LegacySocketClass }).WebSocket;
}
