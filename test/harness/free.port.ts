import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ephemeral ports, so that no other program gets a port while its owner restarts. */
const FIRST = 20_000;
/** The number of ports for each test process, so that parallel ones never choose the same. */
const EACH = 190;
const PROCESSES = 64;

const taken = new Set<number>();

/** Returns a port that stays free through restarts, for programs that cannot choose one or must keep theirs. */
export async function freePort(): Promise<number> {
  const first = FIRST + ((process.ppid + Number(process.env.JEST_WORKER_ID ?? 0)) % PROCESSES) * EACH;
  for (;;) {
    const port = randomInt(first, first + EACH);
    if (taken.has(port) || !(await isFree(port))) continue;
    taken.add(port);
    return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const listening = once(server, 'listening').then(
    () => true,
    () => false,
  );
  server.listen(port, '127.0.0.1');
  if (!(await listening)) return false;
  await new Promise((resolve) => server.close(resolve));
  return true;
}
