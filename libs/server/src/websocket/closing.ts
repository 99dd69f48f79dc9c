import type { LegacyClose } from '@switchyard/contract';
import type { WebSocket } from 'ws';

/** The longest reason of a close, in bytes. */
const MAX_REASON = 123;
/** WebSocket's own code for a broken policy. */
export const POLICY = 1008;

/** The codes that may be sent: WebSocket's own without those that only stand for a missing one, and an application's. */
function isCode(code: number): boolean {
  if (!Number.isInteger(code)) return false;
  if (code >= 3000) return code <= 4999;
  return code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code);
}

/** Closes a WebSocket; a code that cannot be sent becomes 1008, and a reason that is too long is cut. */
export function closeSocket(socket: WebSocket, { code, reason }: LegacyClose): void {
  socket.close(isCode(code) ? code : POLICY, fitting(String(reason)));
}

function fitting(reason: string): string {
  if (Buffer.byteLength(reason) <= MAX_REASON) return reason;
  // A character that is cut in the middle becomes a replacement character of three bytes.
  return Buffer.from(reason)
    .subarray(0, MAX_REASON)
    .toString()
    .replace(/\ufffd+$/, '');
}
