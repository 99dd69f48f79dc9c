import type { WireFactory } from '../../transport/wire.js';
import { PollingTransport } from './polling.transport.js';
import { RoomPoller } from './room.poller.js';

/** Status polling: one request every few seconds for all rooms of a page. */
export const pollingWire: WireFactory = ({ http, clock, pollIntervalMs, tokens }) => {
  const poller = new RoomPoller(http, clock, pollIntervalMs, tokens);
  return {
    name: 'polling',
    isFallback: true,
    path: ({ poll_path }) => poll_path,
    transport: ({ contract }) => new PollingTransport(contract.name, poller, http, tokens),
    close: () => poller.close(),
  };
};
