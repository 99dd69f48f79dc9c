import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from './free.port.js';

const ATTEMPTS = 5;
/**
 * Never delays writes for a slow disk: with `everysec`, an acknowledged write may wait two seconds for the disk, and a
 * crash of the server loses it; with `always`, every writer waits for the disk.
 */
const UNHURRIED = ['--save', '', '--appendfsync', 'no'];

async function launch(port: number, folder: string, settings: readonly string[]): Promise<ChildProcess> {
  const program = process.env.REDIS_SERVER_PATH;
  if (!program) throw new Error('unable to start Redis; run the tests with npm test, which finds it');
  const args = ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, ...UNHURRIED, ...settings];
  const server = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  for await (const line of createInterface({ input: server.stdout })) {
    lines.push(line);
    if (!line.includes('Ready to accept connections')) continue;
    server.stdout.resume();
    return server;
  }
  throw new Error(`unable to start Redis on port ${port}; it said ${lines.slice(-3).join(' | ')}`);
}

/** Runs a Redis server on a free port in its own folder, which is removed when it stops. */
export class TestRedis {
  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly settings: readonly string[],
    private server: ChildProcess,
  ) {}

  /** Starts a server without persistence, unless `settings` (command line arguments) enable it, such as `--appendonly yes`. */
  static async start(settings: readonly string[] = []): Promise<TestRedis> {
    const folder = await mkdtemp(join(tmpdir(), 'switchyard-redis-'));
    for (let attempt = 1; ; attempt++) {
      const port = await freePort();
      try {
        return new TestRedis(port, folder, settings, await launch(port, folder, settings));
      } catch (error) {
        // Another process may have taken the port meanwhile.
        if (attempt < ATTEMPTS && process.env.REDIS_SERVER_PATH) continue;
        await rm(folder, { recursive: true });
        throw error;
      }
    }
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Kills the server; `restart` brings it back. */
  async crash(): Promise<void> {
    if (this.server.exitCode !== null || this.server.signalCode !== null) return;
    const exit = once(this.server, 'exit');
    this.server.kill('SIGKILL');
    await exit;
  }

  /** Truncates its append-only file, as a crash of the machine would; call it after `crash`. */
  async loseEnd(bytes: number): Promise<void> {
    const folder = join(this.folder, 'appendonlydir');
    const name = (await readdir(folder)).find((file) => file.endsWith('.incr.aof'));
    if (!name) throw new Error(`unable to lose anything; there is no append-only file in ${folder}`);
    const { size } = await stat(join(folder, name));
    await truncate(join(folder, name), size - bytes);
  }

  /** Restarts the server on the same port and data. */
  async restart(): Promise<void> {
    await this.crash();
    this.server = await launch(this.port, this.folder, this.settings);
  }

  /** Stops the server and removes its folder. */
  async stop(): Promise<void> {
    await this.crash();
    await rm(this.folder, { recursive: true, force: true });
  }
}
