import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { Logger } from '@nestjs/common';

/** A listener of an HTTP server's `upgrade` event. */
export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => unknown;

const UPGRADE = 'upgrade';

/** Node.js recognises upgrade requests only while there is a listener; the router itself is called before all listeners. */
const switchyardUpgrades: UpgradeListener = () => undefined;

/**
 * The `upgrade` listeners that a host has on its HTTP server, whenever it adds or removes them. They stay on the server, so
 * that Node.js keeps their order and `once`, but each request goes to `take` instead: it answers, or calls `emit`.
 */
export class UpgradeListeners {
  private readonly logger = new Logger('upgrade');
  private readonly reported = new WeakSet<object>();
  /** Calls the host's listeners as Node.js would. */
  readonly emit: UpgradeListener;

  constructor(
    private readonly server: Server,
    take: UpgradeListener,
  ) {
    const emitEvent = server.emit.bind(server) as (event: string | symbol, ...args: unknown[]) => boolean;
    this.emit = (...upgrade) => emitEvent(UPGRADE, ...upgrade);
    // To wrap the listeners instead would change what `listeners()` tells the host, and whose turn it is.
    server.emit = (event: string | symbol, ...args: unknown[]) => {
      if (event !== UPGRADE) return emitEvent(event, ...args);
      take(...(args as Parameters<UpgradeListener>));
      return true;
    };
    server.on(UPGRADE, switchyardUpgrades);
    server.on('removeListener', (event, listener) => {
      if (event === UPGRADE && listener === switchyardUpgrades) server.on(UPGRADE, switchyardUpgrades);
    });
    this.reportFound();
  }

  /** The host's listeners, in their order. */
  get all(): readonly unknown[] {
    return this.server.listeners(UPGRADE).filter((listener) => listener !== switchyardUpgrades);
  }

  /** Logs the listeners once when the server listens, and each that comes later. */
  private reportFound(): void {
    const { server } = this;
    if (server.listening) this.report();
    else server.once('listening', () => this.report());
    server.on('newListener', (event) => {
      // Socket.IO adds a listener that is taken off in the same step.
      if (event === UPGRADE && server.listening) setImmediate(() => this.report());
    });
  }

  private report(): void {
    const found = (this.all as { name: string }[]).filter((listener) => !this.reported.has(listener));
    if (found.length === 0) return;
    for (const listener of found) this.reported.add(listener);
    const names = found.map(({ name }) => name || 'without a name').join(', ');
    const count = found.length === 1 ? 'an upgrade listener' : `${found.length} upgrade listeners`;
    this.logger.log(
      `The application has ${count} of its own on the HTTP server (${names}). It gets every upgrade request that is not for a path of this module, and none that is.`,
    );
  }
}
