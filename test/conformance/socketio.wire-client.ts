import {
  isPosition,
  roomName,
  type EventPosition,
  type JoinReply,
  type LoggedEvent,
  type Reply,
  type ServiceContract,
} from '@switchyard/contract';
import { openSocket } from '../harness/clients.js';
import type { WireUnderTest } from './wire.client.js';

/** The Socket.IO wire of a service, through a plain client that identifies as our SDK (snapshots come in the reply only). */
export function socketIoWire(contract: ServiceContract): WireUnderTest {
  return {
    name: 'socketio',
    connect(url) {
      const socket = openSocket(url, contract.namespace, { auth: { sdk: 'conformance' } });
      return {
        async join(key, since) {
          await socket.connected();
          const reply = await socket.call<Reply<JoinReply>>('join_room', { room: roomName(contract, key), since });
          if (!reply.ok) throw reply.error;
          return reply.data;
        },
        async next(): Promise<LoggedEvent> {
          const { event, args } = await socket.waitFor(({ args }) => isPosition(args[1]), 'an event with a position');
          const { epoch, offset } = args[1] as Required<EventPosition>;
          return { event, payload: args[0], epoch, offset };
        },
        async call(name, payload) {
          if (!socket.socket.connected) await socket.connected();
          return socket.call<Reply>(name, payload);
        },
        close: () => socket.close(),
      };
    },
  };
}
