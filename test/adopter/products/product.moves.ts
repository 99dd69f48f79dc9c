/** The move of an old product: what its team adds to it. */
export interface ProductMove {
  product: string;
  form: 'hosted' | 'proxied' | 'codec' | 'bridge';
  /** The folder of added files, below `folders/moves`; undefined for a move that is not possible so far. */
  added?: string;
  /** The old endpoint's path, which is hosted. */
  path?: string;
  /** The line that is added to the old server, so that its HTTP server can be hosted. */
  line?: string;
  /** The program of the old server, where it stays a process of its own; its address is in `OLD_URL`. */
  oldServer?: string;
  /** The service whose stage goes there and back under load. */
  service?: string;
  /** How many services the product becomes, each of which may cost as much as one (default 1). */
  services?: number;
  /** What is missing. */
  notYet?: string;
  /** The conversations that cannot keep their bytes so far. */
  except?: readonly string[];
}

const COMMONJS = { added: 'hosted-cjs', line: 'module.exports = server' };
const MODULES = { added: 'hosted-esm', line: 'export { server }' };

/** Every product in each form. */
export const MOVES: readonly ProductMove[] = [
  { product: 'first-message', form: 'hosted', path: '/desk', ...COMMONJS },
  { product: 'sessions', form: 'hosted', path: '/ws/progress', ...COMMONJS },
  { product: 'topics', form: 'hosted', path: '/stream', ...MODULES },
  { product: 'json-rpc', form: 'hosted', path: '/rpc', ...COMMONJS },
  { product: 'previews', form: 'hosted', path: '/preview/:doc', ...MODULES },
  {
    product: 'sessions',
    form: 'codec',
    added: 'sessions-codec',
    line: 'module.exports = server',
    service: 'progress',
  },
  {
    product: 'first-message',
    form: 'codec',
    added: 'first-message-codec',
    line: 'module.exports = server',
    service: 'desk',
  },
  {
    product: 'topics',
    form: 'codec',
    added: 'topics-codec',
    line: 'export { server }',
    service: 'prices',
    services: 2,
  },
  { product: 'json-rpc', form: 'codec', added: 'json-rpc-codec', line: 'module.exports = server', service: 'device' },
  { product: 'previews', form: 'codec', added: 'previews-codec', line: 'export { server }', service: 'preview' },
  {
    product: 'telemetry',
    form: 'proxied',
    added: 'proxied',
    oldServer: 'server.py',
    service: 'telemetry',
    notYet: 'the old 404 on paths that are not proxied',
    except: ['another path'],
  },
  { product: 'telemetry', form: 'bridge', added: 'telemetry-bridge' },
];
