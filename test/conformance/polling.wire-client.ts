import {
  callPath,
  formatPosition,
  pollPath,
  type ErrorBody,
  type JoinReply,
  type LoggedEvent,
  type Position,
  type Reply,
  type ServiceContract,
} from '@switchyard/contract';
import type { WireUnderTest } from './wire.client.js';

/** The polling wire of a service: `next` polls until there is a new event. */
export function pollingWire(contract: ServiceContract): WireUnderTest {
  return {
    name: 'polling',
    connect(url) {
      let key: string;
      let position: Position;
      const waiting: LoggedEvent[] = [];
      const poll = async (since?: Position) => {
        const query = since ? `?since=${formatPosition(since)}` : '';
        const response = await fetch(`${url}${pollPath(contract)}/${encodeURIComponent(key)}${query}`);
        const body = (await response.json()) as JoinReply & { error: ErrorBody };
        if (!response.ok) throw body.error;
        return body;
      };
      return {
        async join(room, since) {
          key = room;
          const reply = await poll(since);
          position = { epoch: reply.epoch, offset: reply.offset };
          return reply;
        },
        async next() {
          while (waiting.length === 0) {
            const { events = [], epoch, offset } = await poll(position);
            waiting.push(...events);
            position = { epoch, offset };
          }
          return waiting.shift()!;
        },
        async call(name, payload) {
          const response = await fetch(url + callPath(contract, encodeURIComponent(name)), {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(payload),
          });
          return (await response.json()) as Reply;
        },
        close: () => Promise.resolve(),
      };
    },
  };
}
