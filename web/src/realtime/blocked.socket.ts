import type { LegacySocket } from '@switchyard/client';

/** A WebSocket that closes before it opens, as behind a blocking proxy. */
export class BlockedSocket implements LegacySocket {
  addEventListener(
    type: string,
    listener: (event: { code: number; reason: string } & { data: unknown }) => void,
  ): void {
    if (type === 'close') setTimeout(() => listener({ code: 1006, reason: '', data: undefined }));
  }

  send(): void {
    // It never opens, so nothing is sent.
  }

  close(): void {
    // It closes by itself.
  }
}
