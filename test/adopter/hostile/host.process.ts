import { fork, type ChildProcess } from 'node:child_process';
import { adopterEnvironment } from '../install/program.run.js';
import type { Sockets } from './host.table.js';

/** Which host is started. */
export interface HostChoice {
  platform: 'express' | 'fastify';
  realtime: 'with' | 'without';
}

/** A process with two hosts, one for each way to open sockets. */
export class HostProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly ports: Readonly<Record<Sockets, number>>,
    private readonly said: { text: string },
  ) {}

  /** Starts the hosts of an installation. @throws Error with what the process printed when it does not start */
  static async start(program: string, { platform, realtime }: HostChoice): Promise<HostProcess> {
    const child = fork(program, [platform, realtime], { env: adopterEnvironment(), execArgv: [], silent: true });
    const said = { text: '' };
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (said.text += text));
    const ports = await new Promise<Record<Sockets, number>>((resolve, reject) => {
      child.once('message', (message: { ports: Record<Sockets, number> }) => resolve(message.ports));
      child.once('close', (code) => reject(new Error(`unable to start the host; it ended with ${code}\n${said.text}`)));
    });
    child.removeAllListeners('close');
    return new HostProcess(child, ports, said);
  }

  /** What the hosts have printed. */
  get output(): string {
    return this.said.text;
  }

  /** Lets every clock of the hosts tick. */
  tick(at: number): void {
    this.child.send({ tick: at });
  }

  /** Ends the process with SIGTERM and returns how it ended. */
  async stop(): Promise<string> {
    const ended = new Promise<string>((resolve) =>
      this.child.once('exit', (code, signal) => resolve(signal === null ? `code ${code}` : `signal ${signal}`)),
    );
    this.child.kill('SIGTERM');
    const cut = setTimeout(() => this.child.kill('SIGKILL'), 20_000);
    const end = await ended;
    clearTimeout(cut);
    return end;
  }
}
