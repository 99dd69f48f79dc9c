import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { checkFaultKinds, Fault, roomKey, type ServiceContract } from '@switchyard/contract';
import { ClusterQuestions } from '../cluster/cluster.questions.js';
import { RateLimits } from '../limits/rate.limits.js';
import { RoomPresence } from '../presence/room.presence.js';
import { REALTIME_OPTIONS, type ResolvedOptions } from '../options/realtime.options.js';
import type { Room } from '../room/room.js';
import { RoomIndex } from '../room/room.index.js';
import type { RoomRegistry } from '../room/room.registry.js';
import { RoomRetention } from '../room/room.retention.js';
import { STORE, type Store } from '../store/store.js';
import { BaseRoomService } from './base-room.service.js';
import { ClusterPeers } from './cluster.peers.js';
import { findGateways } from './service-gateway.decorator.js';
import { ServiceRuntime } from './service.runtime.js';

/** Every service of the application, by name; `@ServiceGateway` marks them. */
@Injectable()
export class ServiceRegistry implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown {
  private readonly services = new Map<string, ServiceRuntime>();
  readonly retention: RoomRetention;
  readonly presence: RoomPresence;
  /** Asks the other processes; undefined where there are none. */
  readonly questions: ClusterQuestions | undefined;

  constructor(
    private readonly discovery: DiscoveryService,
    @Inject(STORE) readonly store: Store,
    @Inject(REALTIME_OPTIONS) options: ResolvedOptions,
    readonly limits: RateLimits,
  ) {
    const logger = new Logger('rooms');
    this.questions = store.cluster && new ClusterQuestions(store.cluster);
    this.retention = new RoomRetention(options.roomRetentionMs, {
      records: new RoomIndex(store.documents),
      open: (name) => this.openRoom(name),
      failed: (room, error) => logger.error(`unable to forget ${room}; ${String(error)}`),
    });
    this.presence = new RoomPresence(
      store.cluster,
      (room, make) => this.findRoom(room)?.broadcastSystem(make),
      options.presenceGraceMs,
    );
  }

  /** @throws TypeError when a gateway cannot be served, or a fault is malformed */
  onModuleInit(): void {
    checkFaultKinds();
    for (const { instance, metadata, type } of findGateways(this.discovery)) {
      const { contract, join, wires = [] } = metadata;
      // Also where the application has two copies of this package, each with a class of this name.
      if (!(instance instanceof BaseRoomService))
        throw new TypeError(
          `unable to serve ${contract.name}; ${type.name} does not extend this server’s BaseRoomService`,
        );
      if (this.services.has(contract.name))
        throw new TypeError(`unable to serve ${contract.name}; it has two gateways`);
      const behaviour = instance as BaseRoomService<ServiceContract>;
      this.services.set(contract.name, new ServiceRuntime(contract, behaviour, { wires, join }, this));
    }
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.reachPeers();
    await this.retention.start();
    if (this.all().some(({ contract }) => contract.presence)) await this.presence.start();
  }

  onApplicationShutdown(): void {
    for (const { failures } of this.services.values()) failures.close();
  }

  private async reachPeers(): Promise<void> {
    const { questions } = this;
    if (!questions) return;
    for (const service of this.services.values()) service.members.reach(new ClusterPeers(questions, service));
    await questions.start();
  }

  /** All services, in the order their modules are imported. */
  all(): ServiceRuntime[] {
    return [...this.services.values()];
  }

  /** Whether the application has a service of this name. */
  has(name: string): boolean {
    return this.services.has(name);
  }

  /** @throws Fault `service.unknown` */
  get(name: string): ServiceRuntime {
    const service = this.services.get(name);
    if (!service) throw new Fault('service.unknown', { services: [...this.services.keys()] });
    return service;
  }

  private openRoom(name: string): Room | undefined {
    const at = this.locate(name);
    return at?.rooms.open(at.key);
  }

  private findRoom(name: string): Room | undefined {
    const at = this.locate(name);
    return at?.rooms.find(at.key);
  }

  private locate(name: string): { rooms: RoomRegistry; key: string } | undefined {
    for (const { contract, rooms } of this.services.values()) {
      const key = roomKey(contract, name);
      if (key !== undefined) return { rooms, key };
    }
    return undefined;
  }
}
