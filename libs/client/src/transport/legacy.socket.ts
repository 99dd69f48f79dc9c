/** The part of a WebSocket that old wires use; the browser's and that of `ws` both fit. */
export interface LegacySocket {
  send(data: string): void;
  close(code?: number, reason?: string): void;
  /** Ends the connection at once; browsers cannot. */
  terminate?(): void;
  addEventListener(type: 'open' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { code: number; reason: string }) => void): void;
}

export type LegacySocketClass = new (url: string) => LegacySocket;
