import type { WireFactory } from '../../transport/wire.js';
import { RoomStreams } from './room.streams.js';
import { SseTransport } from './sse.transport.js';

/** Server-Sent Events: one stream over HTTP for all rooms of a page. */
export const sseWire: WireFactory = (page) => {
  const streams = new RoomStreams(page);
  return {
    name: 'sse',
    isFallback: true,
    path: ({ poll_path }) => poll_path,
    transport: ({ contract }) => new SseTransport(contract.name, streams, page.http),
    close: () => streams.close(),
  };
};
