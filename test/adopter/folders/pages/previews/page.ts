import { Realtime, ServiceClient } from '@switchyard/client';
import { WebSocket } from 'ws';
import { preview } from './previews.service.js';

/** A page of the product with our client, which follows the document of the load on the wire that it is told to use. */
export const follow = (url: string, _n: number, onSeq: (seq: number) => void) =>
  new Promise((resolve, reject) => {
    const realtime = new Realtime({ url, WebSocket });
    // The tile that is in the first snapshot was drawn before.
    let known: number | undefined;
    new ServiceClient(realtime, preview).room('load').messages$.subscribe({
      next: (message) => {
        if (message.kind === 'snapshot') {
          known ??= message.snapshot.seq;
          resolve({ close: () => realtime.close(), wire: () => realtime.wires$.value.preview });
        } else if (message.kind === 'event') {
          const seq = Buffer.from(message.payload.tile, 'base64').readUInt32BE(0);
          if (seq > (known ?? 0)) onSeq(seq);
        }
      },
      error: reject,
    });
  });
