import { fork, type ChildProcess } from 'node:child_process';
import type { Commands, Request, Response } from './commands.js';

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** A process that executes commands. */
export class Child<C extends Commands<C>> {
  private readonly pending = new Map<number, Pending>();
  private readonly process: ChildProcess;
  private last = 0;

  private constructor(program: string, execArgv: readonly string[], environment: Readonly<Record<string, string>>) {
    this.process = fork(program, { execArgv: [...execArgv], env: { ...process.env, ...environment } });
    this.process.on('message', (response: Response) => this.settle(response));
    this.process.on('exit', (code) => this.fail(new Error(`unable to go on; ${program} ended with ${code}`)));
  }

  /** Starts a program; resolves to its ready message. */
  static async start<C extends Commands<C>, R = unknown>(
    program: string,
    execArgv: readonly string[] = [],
    environment: Readonly<Record<string, string>> = { NODE_ENV: 'production' },
  ): Promise<{ child: Child<C>; ready: R }> {
    const child = new Child<C>(program, execArgv, environment);
    const ready = (await child.answer(0)) as R;
    return { child, ready };
  }

  /** Executes a command and resolves to its result. */
  ask<N extends keyof C & string>(name: N, ...args: Parameters<C[N]>): Promise<Awaited<ReturnType<C[N]>>> {
    const request: Request = { id: (this.last += 1), name, args };
    this.process.send(request);
    return this.answer(request.id) as Promise<Awaited<ReturnType<C[N]>>>;
  }

  /** Ends the process. */
  async stop(): Promise<void> {
    this.process.removeAllListeners('exit');
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.kill('SIGKILL');
    await ended;
  }

  private answer(id: number): Promise<unknown> {
    return new Promise((resolve, reject) => this.pending.set(id, { resolve, reject }));
  }

  private settle({ id, value, failure }: Response): void {
    const pending = this.pending.get(id);
    this.pending.delete(id);
    if (failure === undefined) pending?.resolve(value);
    else pending?.reject(new Error(failure));
  }

  private fail(error: Error): void {
    for (const { reject } of this.pending.values()) reject(error);
    this.pending.clear();
  }
}
