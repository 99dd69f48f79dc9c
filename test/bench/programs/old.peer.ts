import { WebSocket } from 'ws';

/** A peer of an old wire, a plain `ws` client. */
export class OldPeer {
  private constructor(private readonly ws: WebSocket) {}

  /** Connects and waits for the first frame; `onEvent` is called for each frame after it. */
  static connect(url: string, onEvent: () => void): Promise<OldPeer> {
    return new Promise((resolve, reject) => {
      const ws = new WebSocket(url, { perMessageDeflate: false });
      ws.on('error', reject);
      ws.once('message', () => {
        ws.on('message', onEvent);
        resolve(new OldPeer(ws));
      });
    });
  }

  /** Leaves without a closing handshake. */
  close(): void {
    this.ws.terminate();
  }
}
