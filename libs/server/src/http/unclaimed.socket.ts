import type { Socket } from 'node:net';

/** What changes when somebody uses a socket. */
interface Marks {
  bytesWritten: number;
  flowing: boolean | null;
  listeners: number;
}

function marksOf(socket: Socket): Marks {
  const listeners = socket.eventNames().reduce((sum, event) => sum + socket.listenerCount(event), 0);
  return { bytesWritten: socket.bytesWritten, flowing: socket.readableFlowing, listeners };
}

/** Whether somebody has written to the socket, reads it, listens to it, or ended it. */
function isClaimed(socket: Socket, marks: Marks): boolean {
  if (socket.destroyed || socket.writableEnded) return true;
  const now = marksOf(socket);
  return now.bytesWritten !== marks.bytesWritten || now.flowing !== marks.flowing || now.listeners !== marks.listeners;
}

/** Offers a socket to others, and calls `unclaimed` when none of them has touched it for so long. */
export function offerSocket(socket: Socket, offer: () => void, ms: number, unclaimed: () => void): void {
  const before = marksOf(socket);
  offer();
  if (isClaimed(socket, before)) return;
  // A peer that resets the connection meanwhile must not end the process.
  socket.on('error', () => socket.destroy());
  const timer = setTimeout(() => {
    socket.off('close', stop);
    if (!isClaimed(socket, marks)) unclaimed();
  }, ms).unref();
  const stop = () => clearTimeout(timer);
  const marks = marksOf(socket);
  socket.once('close', stop);
}
