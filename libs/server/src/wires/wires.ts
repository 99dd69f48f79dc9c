import type { ControlMessage } from '@switchyard/contract';
import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { ServiceRegistry } from '../service/service.registry.js';
import type { ServiceRuntime } from '../service/service.runtime.js';
import type { Wire, WirePlugin, WireType } from './wire.js';

/** The injection token of the wires that every service has. */
export const WIRE_PLUGINS = Symbol('switchyard.wires');

/** Every wire of the application: those that all services have, and the old ones that gateways declare. */
@Injectable()
export class Wires implements OnApplicationBootstrap, Iterable<Wire> {
  private readonly logger = new Logger('wires');
  private readonly wires: Wire[] = [];

  constructor(
    private readonly modules: ModuleRef,
    private readonly registry: ServiceRegistry,
    @Inject(WIRE_PLUGINS) private readonly plugins: readonly WirePlugin[],
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const services = this.registry.all();
    const declared = new Set(services.flatMap(({ wires }) => wires.declared.map(({ type }) => type as WireType)));
    for (const { type } of this.plugins) this.wires.push(this.modules.get(type));
    for (const type of declared) this.wires.push(await this.modules.create(type));
    for (const wire of this.wires) wire.serve(services);
  }

  [Symbol.iterator](): Iterator<Wire> {
    return this.wires[Symbol.iterator]();
  }

  /** The path of a service on each wire that serves it, by the wire's name. */
  pathsOf(service: ServiceRuntime): Record<string, string> {
    const paths = this.wires.map((wire) => [wire.name, wire.path(service)] as const);
    return Object.fromEntries(paths.filter((entry): entry is readonly [string, string] => entry[1] !== undefined));
  }

  /** Sends a control event to every connection of every wire in this process that understands it. */
  broadcast(message: ControlMessage): void {
    this.onEach((wire) => wire.broadcast(message));
  }

  /** Closes every connection of every wire after its unsent data. */
  close(): void {
    this.onEach((wire) => wire.close());
  }

  /** A wire that fails must not keep the others from their work. */
  private onEach(work: (wire: Wire) => void): void {
    for (const wire of this.wires) {
      try {
        work(wire);
      } catch (error) {
        this.logger.error(`the wire ${wire.name} failed; ${String(error)}`);
      }
    }
  }
}
