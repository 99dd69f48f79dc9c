import type { Socket } from 'node:net';

/** The head of an answer to an upgrade request, with the interim answers before it. */
export interface UpstreamAnswer {
  bytes: Buffer;
  /** Whether both sides speak the other protocol from here on. */
  isUpgraded: boolean;
}

/** The longest head that is read, in bytes; Node.js itself stops at a quarter of it. */
const MAX_HEAD_BYTES = 65_536;
const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})/;
const SWITCHING_PROTOCOLS = 101;

/** Reads an answer's head; what comes after it stays unread. @throws Error that says why there is none; what the socket failed with */
export function readAnswer(upstream: Socket): Promise<UpstreamAnswer> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const stop = () => {
      upstream.off('data', take).off('end', ended).off('close', ended).off('error', fail);
      upstream.pause();
    };
    const fail = (error: Error) => {
      stop();
      reject(error);
    };
    const ended = () => fail(new Error('it closed the connection without an answer'));
    const take = (data: Buffer) => {
      received = Buffer.concat([received, data]);
      const head = headIn(received);
      if (head === undefined) {
        if (received.length > MAX_HEAD_BYTES)
          fail(new Error(`its answer has a head of more than ${MAX_HEAD_BYTES} bytes`));
        return;
      }
      if (!head) return fail(new Error('its answer is no HTTP'));
      stop();
      upstream.unshift(received.subarray(head.size));
      resolve({ bytes: received.subarray(0, head.size), isUpgraded: head.status === SWITCHING_PROTOCOLS });
    };
    upstream.on('data', take).once('end', ended).once('close', ended).once('error', fail);
  });
}

/** Finds the head that decides; undefined while it is not all there, false when it is none. */
function headIn(received: Buffer): { size: number; status: number } | false | undefined {
  for (let start = 0; ;) {
    const at = received.indexOf('\r\n\r\n', start);
    if (at < 0) return undefined;
    const status = Number(STATUS_LINE.exec(received.toString('latin1', start, at))?.[1]);
    if (!status) return false;
    start = at + 4;
    // Those below 200 are followed by the one that decides.
    if (status === SWITCHING_PROTOCOLS || status >= 200) return { size: start, status };
  }
}
