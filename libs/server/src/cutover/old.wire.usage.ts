import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { OldWireClient, OldWireUse } from '@switchyard/contract';
import { Subscription } from 'rxjs';
import { ServiceRegistry } from '../service/service.registry.js';
import type { ServiceRuntime } from '../service/service.runtime.js';
import type { ServiceConnection } from '../service/service.wire.js';
import { OLD_WIRE } from '../service/service.wires.js';
import { changeDocuments } from '../store/document.conflict.js';
import { STORE, type Store } from '../store/store.js';
import { clientName } from './client.name.js';

const USES = 'migration-old-wires';
/** How often the open connections are noted, in ms. */
const OBSERVE_MS = 60_000;
/** How long a client that was seen waits to be written, in ms: with the others, and not in memory for long. */
const WRITE_MS = 1000;
/** How many clients are remembered for each service: enough to know whom to ask. */
const MAX_CLIENTS = 50;

/** Observes who still uses the old wires of each service, over all processes and restarts. */
@Injectable()
export class OldWireUsage implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('cutover');
  /** What was seen since the last write: the clients of each service, by name. */
  private readonly seen = new Map<ServiceRuntime, Map<string, OldWireClient>>();
  private readonly subscriptions = new Subscription();
  private timer: NodeJS.Timeout | undefined;
  private isFailing = false;
  private readonly writing = new Map<ServiceRuntime, NodeJS.Timeout>();

  constructor(
    private readonly registry: ServiceRegistry,
    @Inject(STORE) private readonly store: Pick<Store, 'documents'>,
  ) {}

  onApplicationBootstrap(): void {
    for (const service of this.registry.all()) {
      if (service.wires.hasOldEndpoint) this.watch(service);
    }
    void this.observe();
    this.timer = setInterval(() => void this.observe(), OBSERVE_MS).unref();
  }

  /** Observes a service from now on: it has an old wire. */
  watch(service: ServiceRuntime): void {
    if (this.seen.has(service)) return;
    this.seen.set(service, new Map());
    // A connection may be shorter than the time between two looks.
    this.subscriptions.add(service.oldConnections$.subscribe((connection) => this.note(service, connection)));
    // On a namespace with several services, a socket belongs to those whose rooms it joins.
    this.subscriptions.add(service.joins$.subscribe(({ connection }) => this.note(service, connection)));
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    for (const timer of this.writing.values()) clearTimeout(timer);
    this.subscriptions.unsubscribe();
    await this.observe();
  }

  /** The use of a service's old wires, with what this process has seen until now. @throws Fault `store.unavailable` */
  async of(service: ServiceRuntime): Promise<OldWireUse> {
    for (const connection of service.wires.oldConnections()) this.see(service, connection);
    const latest = [...(this.seen.get(service)?.values() ?? [])];
    const use = await changeDocuments(() => this.merge(service.contract.name, latest));
    // What was seen during the write is written next time.
    for (const client of latest) {
      const seen = this.seen.get(service);
      if (seen?.get(client.client) === client) seen.delete(client.client);
    }
    return use;
  }

  private async observe(): Promise<void> {
    for (const service of this.seen.keys()) await this.write(service);
  }

  /** Never rejects: what could not be written is written with the next. */
  private async write(service: ServiceRuntime): Promise<void> {
    try {
      await this.of(service);
      this.isFailing = false;
    } catch (error) {
      // While the store is away, it is tried for every service again and again.
      if (!this.isFailing)
        this.logger.warn(`unable to record who uses the old wire of ${service.contract.name}; ${String(error)}`);
      this.isFailing = true;
    }
  }

  private note(service: ServiceRuntime, connection: ServiceConnection): void {
    if (service.wires.advisedAs(connection.caller.wire) !== OLD_WIRE) return;
    this.see(service, connection);
    if (this.writing.has(service)) return;
    const write = () => {
      this.writing.delete(service);
      void this.write(service);
    };
    this.writing.set(service, setTimeout(write, WRITE_MS).unref());
  }

  private see(service: ServiceRuntime, { caller, agent }: ServiceConnection): void {
    const client = clientName(caller);
    const seen = this.seen.get(service);
    // The client seen last comes last, also when it is known.
    seen?.delete(client);
    // The last of very many is as good as any: what counts is that there was one.
    if (seen && seen.size >= MAX_CLIENTS) seen.delete(seen.keys().next().value!);
    seen?.set(client, { client, ...(agent !== undefined && { agent }), last_seen_at: new Date().toISOString() });
  }

  private async merge(service: string, latest: readonly OldWireClient[]): Promise<OldWireUse> {
    const stored = await this.store.documents.get<OldWireUse>(USES, service);
    const use = withClients(stored ?? { service, since: new Date().toISOString(), clients: [] }, latest);
    if (!stored || latest.length > 0) {
      await this.store.documents.write([{ collection: USES, id: service, value: use, expect: stored ?? null }]);
    }
    return use;
  }
}

function withClients(use: OldWireUse, latest: readonly OldWireClient[]): OldWireUse {
  const byName = new Map([...use.clients, ...latest].map((client) => [client.client, client]));
  const clients = [...byName.values()].sort((a, b) => b.last_seen_at.localeCompare(a.last_seen_at));
  const last_seen_at = clients[0]?.last_seen_at;
  return { ...use, ...(last_seen_at !== undefined && { last_seen_at }), clients: clients.slice(0, MAX_CLIENTS) };
}
