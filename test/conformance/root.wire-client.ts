import {
  isPosition,
  type JoinReply,
  type LoggedEvent,
  type Reply,
  type RootCodec,
  type ServiceContract,
  type TypesOf,
} from '@switchyard/contract';
import { openSocket } from '../harness/clients.js';
import type { WireUnderTest } from './wire.client.js';

/** The field that a client with positions finds in a payload. */
interface Enveloped {
  _sy?: LoggedEvent;
}

/** The old wire of a service on Socket.IO's root namespace, with positions. */
export function rootWire<C extends ServiceContract>(contract: C, codec: RootCodec<TypesOf<C>>): WireUnderTest {
  return {
    name: 'legacy',
    connect(url) {
      const socket = openSocket(url);
      const room = (key: string) => ({ ...('key' in contract.room && { [contract.room.key]: key }), switchyard: 1 });
      return {
        async join(key, since) {
          await socket.connected();
          const reply = await socket.call<Reply<JoinReply>>(codec.joins[0]!, { ...room(key), since });
          if (!reply.ok) throw reply.error;
          return reply.data;
        },
        async next() {
          const { args } = await socket.waitFor(({ args }) => isPosition((args[0] as Enveloped)._sy), 'an event');
          const { event, payload, epoch, offset } = (args[0] as Required<Enveloped>)._sy;
          return { event, payload, epoch, offset };
        },
        call: () => Promise.reject(new TypeError('unable to make the call; this wire carries none')),
        close: () => socket.close(),
      };
    },
  };
}
