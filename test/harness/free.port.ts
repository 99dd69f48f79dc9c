import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below what systems give to whoever asks for any port, so that nobody else is given one while its owner restarts. */
const FIRST = 20_000;
/** How many there are for each process that runs tests, so that those of one run never choose the same. */
const EACH = 190;
const PROCESSES = 64;

const taken = new Set<number>();

/** A port that is free, and stays so through restarts: for programs that cannot choose one, or come back on theirs. */
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
