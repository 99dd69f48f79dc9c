import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';

/** The list of suites in which `held` is one that a test leads by the hand. */
export const HELD_SUITES = join(__dirname, 'held.suites.json');

/** Programs that say what a test tells them to, and end when it says so. */
export async function startHeldSuite() {
  const waiting = new Map<string, (socket: Socket) => void>();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('data', (name) => waiting.get(name.toString())?.(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  let made = 0;
  return {
    /** The filter that names the next program, and the program once it runs. */
    next() {
      const name = `program-${(made += 1)}`;
      const socket = new Promise<Socket>((resolve) => waiting.set(name, resolve));
      return {
        filter: `${(server.address() as AddressInfo).port}/${name}`,
        running: socket,
        say: async (text: string) => void (await socket).write(`${text}\n`),
        end: async () => void (await socket).end(),
      };
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
