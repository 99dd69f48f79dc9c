import { join } from 'node:path';
import { FaultProxy } from '../harness/fault-proxy.js';
import { ListeningProcess } from '../harness/listening.process.js';

const SCRIPT = join(__dirname, 'upstream.server.py');

/** The old server of notes, in Python, behind a proxy; its notes are lost with its process. */
export class OldUpstream {
  private constructor(
    readonly proxy: FaultProxy,
    private python: ListeningProcess,
  ) {}

  static async start(): Promise<OldUpstream> {
    const python = await ListeningProcess.python(SCRIPT);
    return new OldUpstream(await FaultProxy.to(python.port), python);
  }

  /** The address that a bridge uses. */
  get url(): string {
    return this.proxy.url;
  }

  /** How it was opened so far, as `[pad, authorization]`, and how many connections are open. */
  async opened(): Promise<{ opened: [pad: string, authorization: string][]; open: number }> {
    return (await this.ask('opened')) as Awaited<ReturnType<OldUpstream['opened']>>;
  }

  /** Makes a request, around the proxy. */
  async ask(path: string, query: Record<string, unknown> = {}): Promise<unknown> {
    const texts = Object.entries(query).map(([name, value]) => [name, String(value)] as [string, string]);
    const response = await fetch(`${this.python.url}/${path}?${new URLSearchParams(texts)}`);
    return response.json();
  }

  kill(): Promise<void> {
    return this.python.kill();
  }

  /** Starts another process in place of one that was killed. */
  async restart(): Promise<void> {
    this.python = await ListeningProcess.python(SCRIPT);
    this.proxy.aim(this.python.port);
  }

  async close(): Promise<void> {
    await this.proxy.close();
    await this.python.kill();
  }
}
