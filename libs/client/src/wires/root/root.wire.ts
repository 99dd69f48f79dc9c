import { HttpCalls } from '../../http/http.calls.js';
import { engineOf } from '../../socketio/socketio.engine.js';
import { SocketioTransport } from '../../socketio/socketio.transport.js';
import type { WireFactory } from '../../transport/wire.js';
import { rootDialect } from './root.dialect.js';

/** The old wire of services that shared Socket.IO's root namespace, which takes no calls. */
export const rootWire: WireFactory = (page) => {
  const engine = engineOf(page);
  return {
    name: 'legacy',
    path: ({ legacy_path }) => legacy_path,
    transport({ contract, root }) {
      if (!root) return undefined;
      const calls = new HttpCalls(page.http, contract.name);
      const dialect = rootDialect(contract, root);
      return new SocketioTransport(engine.socket('/'), { ...page, engine, dialect, calls });
    },
  };
};
