import type { Socket } from 'node:net';

/**
 * Calls `ended` when a client ends its side before it has sent anything; what it sends stays unread.
 *
 * @returns a function that stops watching
 */
export function watchEnd(client: Socket, ended: () => void): () => void {
  const look = () => {
    const early = client.read() as Buffer | null;
    if (early === null) return;
    stop();
    client.unshift(early);
  };
  const stop = () => void client.off('readable', look).off('end', ended);
  client.on('readable', look).once('end', ended);
  return stop;
}
