import { Realtime, ServiceClient } from '@switchyard/client';
import WebSocket from 'ws';
import { telemetry } from './telemetry.contract.js';

export function follow(url: string, _n: number, onSeq: (seq: number) => void): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const realtime = new Realtime({ url, token: 'field', WebSocket });
    new ServiceClient(realtime, telemetry).room('load').messages$.subscribe({
      next: (message) => {
        if (message.kind === 'snapshot') resolve(() => realtime.close());
        else if (message.kind === 'event') onSeq(message.payload.seq);
      },
      error: reject,
    });
  });
}
