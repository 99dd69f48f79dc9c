import { engineOf } from '../../socketio/socketio.engine.js';
import type { WireFactory } from '../../transport/wire.js';
import { rootDialect } from './root.dialect.js';
import { RootTransport } from './root.transport.js';

/** The old wire of services that shared Socket.IO's root namespace, which takes no calls. */
export const rootWire: WireFactory = (page) => {
  const engine = engineOf(page);
  return {
    name: 'legacy',
    path: ({ legacy_path }) => legacy_path,
    transport({ contract, root }) {
      if (!root) return undefined;
      const dialect = rootDialect(contract, root);
      return new RootTransport(engine.socket('/'), contract.name, { ...page, engine, dialect });
    },
  };
};
