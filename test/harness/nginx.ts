import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The paths that nginx would otherwise write to in system folders. */
const PLACES = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

/** Runs an nginx in its own folder, which is removed when it stops. */
export class TestNginx {
  private constructor(
    private readonly folder: string,
    private readonly server: ChildProcess,
  ) {}

  /** Starts nginx with `settings` in its context `http`. */
  static async start(settings: string): Promise<TestNginx> {
    const program = process.env.NGINX_PATH;
    if (!program) throw new Error('unable to start nginx; run the tests with npm test, which finds it');
    const folder = await mkdtemp(join(tmpdir(), 'switchyard-nginx-'));
    const file = join(folder, 'nginx.conf');
    const temporary = PLACES.map((place) => `${place}_temp_path ${join(folder, place)};`);
    const lines = [
      'daemon off;',
      // As root, its workers would run as a user who cannot enter the folder.
      ...(process.getuid?.() === 0 ? ['user root;'] : []),
      'worker_processes 1;',
      `pid ${join(folder, 'pid')};`,
      'error_log stderr notice;',
      'events {}',
      `http { access_log off; ${temporary.join(' ')}`,
      settings,
      '}',
    ];
    await writeFile(file, lines.join('\n'));
    const server = spawn(program, ['-p', folder, '-e', 'stderr', '-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
    const said: string[] = [];
    for await (const line of createInterface({ input: server.stderr })) {
      said.push(line);
      if (!line.includes('start worker process ')) continue;
      server.stderr.resume();
      return new TestNginx(folder, server);
    }
    await rm(folder, { recursive: true });
    throw new Error(`unable to start nginx; it said ${said.slice(-3).join(' | ')}`);
  }

  async stop(): Promise<void> {
    if (this.server.exitCode === null && this.server.signalCode === null) {
      const exit = once(this.server, 'exit');
      this.server.kill('SIGTERM');
      await exit;
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}
