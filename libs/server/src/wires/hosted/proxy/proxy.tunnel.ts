import type { Socket } from 'node:net';
import type { HostedClient } from '../hosted.handler.js';

/** How long one side may be silent after the other has ended, in ms; no WebSocket takes longer to close. */
const LINGER_MS = 30_000;
/** How often the system asks whether a silent peer is still there, in ms. */
const KEEP_ALIVE_MS = 60_000;
/** Stand for the close code, which only the two sides know. */
const [CLOSED, LOST] = [1005, 1006];

/** A client and the process that has upgraded its connection: each gets the other's bytes, end and reset. */
export class ProxyTunnel implements HostedClient {
  constructor(
    private readonly client: Socket,
    private readonly upstream: Socket,
  ) {
    client.pipe(upstream).pipe(client);
    tie(client, upstream);
    tie(upstream, client);
  }

  once(_event: 'close', closed: (code: number) => void): this {
    this.client.once('close', (hadError: boolean) => closed(hadError || this.upstream.errored ? LOST : CLOSED));
    return this;
  }

  /** Ends the client's connection without a close frame: bytes of ours could fall into a frame of the process. */
  close(): void {
    const { client, upstream } = this;
    upstream.unpipe(client);
    client.setTimeout(LINGER_MS, () => client.destroy());
    client.end(() => client.destroy());
  }
}

/** Does for one direction what `pipe` does not. */
function tie(from: Socket, to: Socket): void {
  from.setKeepAlive(true, KEEP_ALIVE_MS);
  // A peer that is gone must not end this process.
  from.on('error', () => undefined);
  from.once('end', () => to.setTimeout(LINGER_MS, () => to.destroy()));
  from.once('close', () => {
    // `to` still gets the bytes before the end; what it sends itself has no reader any more.
    if (from.readableEnded) to.resume();
    else if (from.errored) reset(to);
    else to.destroy();
  });
}

function reset(socket: Socket): void {
  try {
    socket.resetAndDestroy();
  } catch {
    // Only TCP knows resets.
    socket.destroy();
  }
}
