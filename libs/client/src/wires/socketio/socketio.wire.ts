import { engineOf } from '../../socketio/socketio.engine.js';
import { SocketioTransport } from '../../socketio/socketio.transport.js';
import type { WireFactory } from '../../transport/wire.js';
import { namespaceDialect } from './namespace.dialect.js';

/** Socket.IO: a namespace for each service. */
export const socketioWire: WireFactory = (page) => {
  const engine = engineOf(page);
  return {
    name: 'socketio',
    path: ({ namespace }) => namespace,
    transport({ isShadow }, { namespace }) {
      return new SocketioTransport(engine.socket(namespace, isShadow), { ...page, engine, dialect: namespaceDialect });
    },
    close: () => engine.close(),
  };
};
