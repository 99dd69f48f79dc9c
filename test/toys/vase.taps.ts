import { openSocket } from '../harness/clients.js';

/** Taps the vase on the new wire over and over, with a few sockets, until it is stopped. */
export class VaseTaps {
  private isStopped = false;

  private constructor(private readonly sockets: Awaited<ReturnType<typeof connected>>[]) {
    for (const socket of this.sockets) void this.tap(socket);
  }

  static async at(url: string): Promise<VaseTaps> {
    return new VaseTaps(await Promise.all([1, 2, 3, 4].map(() => connected(url))));
  }

  stop(): void {
    this.isStopped = true;
  }

  private async tap(socket: Awaited<ReturnType<typeof connected>>): Promise<void> {
    while (!this.isStopped) await socket.call('tap', { vase_id: 'v' }).catch(() => this.stop());
  }
}

function connected(url: string) {
  return openSocket(url, '/vase').connected();
}
