import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from './free.port.js';

const ATTEMPTS = 5;
/**
 * Nothing is ever put off for a disk that is slow: with `everysec` a write that was acknowledged may wait two seconds for
 * one, which a crash of the server alone then loses; with `always` all who write wait as long as it takes.
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

/** A Redis server of a test's own: on a free port, in a folder of its own, gone when stopped. */
export class TestRedis {
  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly settings: readonly string[],
    private server: ChildProcess,
  ) {}

  /** Starts a server that keeps nothing on disk unless `settings` (as on its command line) say so: `--appendonly yes` outlives a crash. */
  static async start(settings: readonly string[] = []): Promise<TestRedis> {
    const folder = await mkdtemp(join(tmpdir(), 'switchyard-redis-'));
    for (let attempt = 1; ; attempt++) {
      const port = await freePort();
      try {
        return new TestRedis(port, folder, settings, await launch(port, folder, settings));
      } catch (error) {
        // Somebody else may have taken the port meanwhile.
        if (attempt < ATTEMPTS && process.env.REDIS_SERVER_PATH) continue;
        await rm(folder, { recursive: true });
        throw error;
      }
    }
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Ends the server without warning, as a crash would; `restart` brings it back. */
  async crash(): Promise<void> {
    if (this.server.exitCode !== null || this.server.signalCode !== null) return;
    const exit = once(this.server, 'exit');
    this.server.kill('SIGKILL');
    await exit;
  }

  /** Takes away the end of what it has written to its append-only file, as a machine that dies does; after `crash`. */
  async loseEnd(bytes: number): Promise<void> {
    const folder = join(this.folder, 'appendonlydir');
    const name = (await readdir(folder)).find((file) => file.endsWith('.incr.aof'));
    if (!name) throw new Error(`unable to lose anything; there is no append-only file in ${folder}`);
    const { size } = await stat(join(folder, name));
    await truncate(join(folder, name), size - bytes);
  }

  /** Starts the server again on the same port with what is on its disk. */
  async restart(): Promise<void> {
    await this.crash();
    this.server = await launch(this.port, this.folder, this.settings);
  }

  /** Ends the server and removes its folder. */
  async stop(): Promise<void> {
    await this.crash();
    await rm(this.folder, { recursive: true, force: true });
  }
}
