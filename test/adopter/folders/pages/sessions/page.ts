import { Realtime, ServiceClient } from '@switchyard/client';
import { WebSocket } from 'ws';
import { progress } from './progress.service.js';

/** A page of the product with our client, which follows the workspace of the load on the wire that it is told to use. */
export const follow = (url: string, _n: number, onSeq: (seq: number) => void) =>
  new Promise((resolve, reject) => {
    const realtime = new Realtime({ url, WebSocket, token: 's-1111' });
    new ServiceClient(realtime, progress).room('blue').messages$.subscribe({
      next: (message) => {
        if (message.kind === 'snapshot')
          resolve({ close: () => realtime.close(), wire: () => realtime.wires$.value.progress });
        else if (message.kind === 'event' && message.payload.job.jobId === 'load') onSeq(message.payload.job.revision);
      },
      error: reject,
    });
  });
