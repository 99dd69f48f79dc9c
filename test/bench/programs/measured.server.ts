import { writeFile } from 'node:fs/promises';
import type { Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Session } from 'node:inspector/promises';
import type { ServerCommands } from '../process/commands.js';
import { followCommands } from '../../process/command.follower.js';

/** A listening system under test. */
export interface MeasuredServer {
  http: HttpServer;
  /** Returns the number of Socket.IO clients. */
  connections(): number;
  /** Publishes an event to the room of all clients. */
  publish(): unknown;
}

/** Executes the runner's measuring commands for a listening server. */
export function measured({ http, connections, publish }: MeasuredServer): void {
  const profiler = new Session();
  const commands: ServerCommands = {
    cpu() {
      const { user, system } = process.cpuUsage();
      return user + system;
    },
    publish: (count, every_ms) => paced(count, every_ms, publish),
    async heap() {
      // Finalizers and queued callbacks can keep objects alive, so collect until nothing changes.
      for (let i = 0; i < 5; i += 1) {
        global.gc!();
        await new Promise(setImmediate);
      }
      return process.memoryUsage().heapUsed;
    },
    connections,
    async profile() {
      profiler.connect();
      await profiler.post('Profiler.enable');
      await profiler.post('Profiler.setSamplingInterval', { interval: 200 });
      await profiler.post('Profiler.start');
    },
    async saveProfile(file) {
      const { profile } = await profiler.post('Profiler.stop');
      await writeFile(file, JSON.stringify(profile));
      profiler.disconnect();
    },
  };
  followCommands(commands, (http.address() as AddressInfo).port);
}

// At a fixed rate, so that every system sends into empty buffers.
function paced(count: number, every_ms: number, publish: () => unknown): Promise<void> {
  return new Promise((resolve) => {
    let left = count;
    const timer = setInterval(() => {
      publish();
      left -= 1;
      if (left > 0) return;
      clearInterval(timer);
      resolve();
    }, every_ms);
  });
}
