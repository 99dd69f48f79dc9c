import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { until } from '../../harness/until.js';
import { adopterEnvironment } from '../install/program.run.js';

/** How a server is started. */
interface StartOptions {
  environment?: Readonly<Record<string, string>>;
  /** What it prints when it listens, with the port. */
  ready?: RegExp;
  /** The port that it listens on, where it prints none. */
  port?: number;
}

/** A product's server in a process of its own. */
export class ProductProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
  ) {}

  /** Starts a server, which prints the port that it listens on. @throws Error with what it printed when it ends before */
  static async start(
    command: readonly string[],
    cwd: string,
    { environment = {}, ready = /listening on (\d+)/, port: given }: StartOptions = {},
  ): Promise<ProductProcess> {
    const [program = '', ...args] = command;
    const child = spawn(program, args, { cwd, env: { ...adopterEnvironment(), PORT: '0', ...environment } });
    let said = '';
    const port = await new Promise<number>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          said += text;
          const listening = ready.exec(said);
          if (listening) resolve(Number(listening[1]));
        });
      }
      if (given !== undefined) void untilListening(given).then(() => resolve(given), reject);
      child.once('error', reject);
      child.once('close', (code) => reject(new Error(`unable to start ${cwd}; it ended with ${code}\n${said}`)));
    });
    return new ProductProcess(child, port);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Ends the process and waits for its end. */
  async stop(): Promise<void> {
    const cut = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
    await this.end('SIGTERM');
    clearTimeout(cut);
  }

  /** Kills the process, which cannot say goodbye, and waits for its end. */
  kill(): Promise<void> {
    return this.end('SIGKILL');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill(signal);
    await ended;
  }
}

/** Resolves once a port of this machine accepts connections. */
function untilListening(port: number): Promise<unknown> {
  return until(`a server on ${port}`, async () => {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    return isOpen;
  });
}
