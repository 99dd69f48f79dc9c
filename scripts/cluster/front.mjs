import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/**
 * Forwards connections round-robin to the ports, and skips a port that refuses.
 *
 * It has no sticky sessions, so long-polling clients do not work with it; WebSocket clients do.
 *
 * @param {number} port
 * @param {readonly number[]} targets
 * @returns {Promise<number>} the port on which it listens
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
