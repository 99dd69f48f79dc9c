import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/**
 * Passes each connection on to the next of the ports in turn that takes it. All requests of a long-polling client have to
 * reach one process, which this does not see to: clients that begin with WebSocket need nothing more.
 *
 * @param {number} port
 * @param {readonly number[]} targets
 * @returns {Promise<number>} where it listens
 */
export async function startFront(port, targets) {
  let turn = 0;
  const server = createServer((client) => {
    client.on('error', () => undefined);
    const begin = turn++;
    /** @param {number} attempt */
    const pass = (attempt) => {
      const target = targets[(begin + attempt) % targets.length];
      if (attempt === targets.length || target === undefined) return void client.destroy();
      const server = connect(target, '127.0.0.1');
      const refused = () => pass(attempt + 1);
      server.once('error', refused);
      server.once('connect', () => {
        server.off('error', refused);
        server.on('error', () => client.destroy());
        server.once('close', () => client.destroy());
        client.once('close', () => server.destroy());
        client.pipe(server).pipe(client);
      });
    };
    pass(0);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address ? address.port : port;
}
