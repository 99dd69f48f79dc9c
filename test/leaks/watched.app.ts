import 'reflect-metadata';
import { EventEmitter } from 'node:events';
import type { AddressInfo } from 'node:net';
import { queryObjects } from 'node:v8';
import { ServiceRegistry } from '@switchyard/server';
import PQueue from 'p-queue';
import { Subscriber } from 'rxjs';
import { Room } from '../../libs/server/src/room/room.js';
import { SocketIoHost } from '../../libs/server/src/socketio/socketio.host.js';
import { createApplication } from '../../src/application.js';
import { followCommands } from '../process/command.follower.js';
import type { Counts, Look, WatchedCommands } from './look.js';

const timer = setTimeout(() => undefined, 0);
const Timeout = timer.constructor as new () => object;

const CLASSES: Readonly<Record<string, abstract new (...args: never[]) => object>> = {
  AbortSignal,
  Array,
  EventEmitter,
  Function,
  Map,
  PQueue,
  Promise,
  Room,
  Set,
  Subscriber,
  Timeout,
};

/** Runs the application in a process that can be inspected. */
async function main(): Promise<void> {
  const app = await createApplication(process.env);
  await app.listen(0, '127.0.0.1');
  const http = app.getHttpServer();
  const registry = app.get(ServiceRegistry);
  const { server } = app.get(SocketIoHost);
  const count = (): Counts => {
    // Idle connections belong to the client that opened them.
    http.closeIdleConnections();
    const resources: Record<string, number> = {};
    for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
    const rooms = registry.all().reduce((sum, service) => sum + service.rooms.size, registry.retention.size);
    return { rooms, people: registry.presence.size, clients: server.engine.clientsCount, resources };
  };
  const commands: WatchedCommands = {
    count,
    async look(byClass): Promise<Look> {
      http.closeIdleConnections();
      // A collection in one turn may release more objects in the next.
      for (let turn = 0; turn < 3; turn += 1) {
        global.gc!();
        await new Promise(setImmediate);
      }
      const heap_bytes = process.memoryUsage().heapUsed;
      const counts = count();
      const classes = Object.entries({ Object, ...(byClass && CLASSES) });
      const objects = classes.map(([name, type]) => [name, queryObjects(type as never)] as const);
      return {
        ...counts,
        heap_bytes,
        objects: Object.fromEntries(objects) as Record<string, number>,
      };
    },
  };
  followCommands(commands, (http.address() as AddressInfo).port);
}

void main();
