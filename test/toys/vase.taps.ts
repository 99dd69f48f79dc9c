import { setTimeout as pause } from 'node:timers/promises';
import { openSocket } from '../harness/clients.js';
import type { TestSocket } from '../harness/test-socket.js';

/** How long each socket waits between two taps, in ms: many taps a window, and a processor for what else happens. */
const PAUSE_MS = 3;

/** Taps the vase on the new wire over and over, with a few sockets, until it is stopped. */
export class VaseTaps {
  private isStopped = false;

  private constructor(sockets: readonly TestSocket[]) {
    for (const socket of sockets) void this.tap(socket);
  }

  static async at(url: string): Promise<VaseTaps> {
    return new VaseTaps(await Promise.all([1, 2, 3, 4].map(() => openSocket(url, '/vase').connected())));
  }

  stop(): void {
    this.isStopped = true;
  }

  private async tap(socket: TestSocket): Promise<void> {
    while (!this.isStopped) {
      await socket.call('tap', { vase_id: 'v' }).catch(() => this.stop());
      await pause(PAUSE_MS);
    }
  }
}
