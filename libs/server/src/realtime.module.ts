import type { Server as HttpServer } from 'node:http';
import { Module, type DynamicModule, type INestApplication, type Provider } from '@nestjs/common';
import { APP_FILTER, DiscoveryModule } from '@nestjs/core';
import * as builtIn from './built-in.wires.js';
import { ConnectedClients } from './cutover/connected.clients.js';
import { Cutover } from './cutover/cutover.js';
import { FailedMoves } from './cutover/failed.moves.js';
import { MoveEffects } from './cutover/move.effects.js';
import { MovePace } from './cutover/move.pace.js';
import { OldWireUsage } from './cutover/old.wire.usage.js';
import { Retirement } from './cutover/retirement.js';
import { CallDispatcher } from './dispatch/call.dispatcher.js';
import { CallRepeats } from './dispatch/call.repeats.js';
import { CallSizes } from './dispatch/call.sizes.js';
import { ChangeFiguresRecorder } from './figures/change.figures.js';
import { EventTimes } from './figures/event.times.js';
import { FiguresController } from './figures/figures.controller.js';
import { FiguresReader } from './figures/figures.reader.js';
import { FiguresRecorder } from './figures/figures.recorder.js';
import { StatsController } from './figures/stats.controller.js';
import { StatsReports } from './figures/stats.reports.js';
import { HealthWatch } from './health/health.watch.js';
import { ServiceHealthController } from './health/service-health.controller.js';
import { SloFile } from './health/slo.file.js';
import { FaultFilter } from './http/fault.filter.js';
import { HealthController } from './http/health.controller.js';
import { HttpCallers } from './http/http.caller.js';
import { readJsonBodies } from './http/json.body.js';
import { OriginPolicy } from './http/origin.policy.js';
import { RestCalls } from './http/rest.calls.js';
import { SwitchyardAdapter } from './adapter/switchyard.adapter.js';
import { UpgradeRouter } from './http/upgrade.router.js';
import { Authentication } from './identity/authentication.js';
import { CredentialExpiry } from './identity/credential.expiry.js';
import { SlowConsumerGuard } from './lifecycle/slow-consumer.guard.js';
import { Drain } from './lifecycle/drain.js';
import { StoreCloser } from './lifecycle/store.closer.js';
import { OpenConnections } from './limits/open.connections.js';
import { RateLimits } from './limits/rate.limits.js';
import { REALTIME_OPTIONS, type RealtimeOptions } from './options/realtime.options.js';
import type { RealtimeModuleOptions } from './realtime-module.options.js';
import { CanaryKeys } from './parity/canary.keys.js';
import { ParityController } from './parity/parity.controller.js';
import { ParityRecorder } from './parity/parity.recorder.js';
import { ParityReports } from './parity/parity.reports.js';
import { ShadowSample } from './parity/shadow.sample.js';
import { HealthSource, RolloutObjections } from './rollout/health.source.js';
import { OtherChanges } from './rollout/other.changes.js';
import { ParityObjections } from './rollout/parity.objections.js';
import { PlanFollower } from './rollout/plan.follower.js';
import { PlanStore } from './rollout/plan.store.js';
import { PlanVerdicts } from './rollout/plan.verdicts.js';
import { RolloutController } from './rollout/rollout.controller.js';
import { RolloutPlans } from './rollout/rollout.plans.js';
import { RolloutRunner } from './rollout/rollout.runner.js';
import { WatchedHealth } from './rollout/watched.health.js';
import { CallForwarder } from './runs/call.forwarder.js';
import { RunLeases } from './runs/run.leases.js';
import { AutomaticRollback } from './rollback/automatic.rollback.js';
import { ServiceRegistry } from './service/service.registry.js';
import { AdminGuard } from './stages/admin.guard.js';
import { MigrationAuditReader } from './stages/migration.audit.js';
import { MigrationController } from './stages/migration.controller.js';
import { Stages } from './stages/stages.js';
import { MemoryStore } from './store/memory/memory.store.js';
import { STORE, type Store } from './store/store.js';
import { ClientConfig } from './wires/client.config.js';
import { ClientConfigController } from './wires/client-config.controller.js';
import { RoomsInUse } from './wires/rooms.in.use.js';
import { ServiceDescriptionController } from './wires/service-description.controller.js';
import { StageCheck } from './wires/stage.check.js';
import { WireDependencies } from './wires/wire.dependencies.js';
import type { WirePlugin } from './wires/wire.js';
import { WIRE_PLUGINS, Wires } from './wires/wires.js';
import { SocketIoAdmission } from './socketio/socketio.admission.js';
import { SocketIoHost } from './socketio/socketio.host.js';

/** How long an idle HTTP connection stays open, in ms: longer than in proxies, which would otherwise send into a closed one. */
const KEEP_ALIVE_MS = 65_000;

/**
 * The signals that start a shutdown; SIGHUP comes from a closed terminal. Without a list, Nest also handles SIGSEGV,
 * SIGBUS, SIGILL and SIGFPE: after a fault in native code no JavaScript runs, and the process would repeat it for ever.
 */
const STOP_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

const PROVIDERS: Provider[] = [
  {
    provide: STORE,
    inject: [REALTIME_OPTIONS],
    useFactory: ({ openStore }: RealtimeOptions): Promise<Store> => openStore?.() ?? Promise.resolve(new MemoryStore()),
  },
  { provide: APP_FILTER, useClass: FaultFilter },
  { provide: HealthSource, useClass: WatchedHealth },
  {
    provide: RolloutObjections,
    inject: [ParityRecorder],
    useFactory: (parity: ParityRecorder) => new ParityObjections(parity),
  },
  AdminGuard,
  Authentication,
  AutomaticRollback,
  SlowConsumerGuard,
  CallDispatcher,
  CallRepeats,
  CallSizes,
  CanaryKeys,
  ChangeFiguresRecorder,
  ClientConfig,
  ConnectedClients,
  CredentialExpiry,
  Cutover,
  Drain,
  EventTimes,
  FailedMoves,
  FiguresReader,
  FiguresRecorder,
  HealthWatch,
  HttpCallers,
  MigrationAuditReader,
  MoveEffects,
  MovePace,
  OldWireUsage,
  OpenConnections,
  OriginPolicy,
  ParityRecorder,
  ParityReports,
  OtherChanges,
  PlanFollower,
  PlanStore,
  PlanVerdicts,
  RateLimits,
  RestCalls,
  Retirement,
  RolloutPlans,
  RolloutRunner,
  RoomsInUse,
  CallForwarder,
  RunLeases,
  ServiceRegistry,
  ShadowSample,
  SloFile,
  SocketIoAdmission,
  SocketIoHost,
  Stages,
  StageCheck,
  StatsReports,
  StoreCloser,
  UpgradeRouter,
  WireDependencies,
  Wires,
];

/** Serves every provider with `@ServiceGateway` on all wires of its service. */
@Module({})
export class RealtimeModule {
  /** The module with the settings that `useFactory` returns; import it once, in the root module. */
  static forRootAsync({ imports = [], inject = [], wires = [], useFactory }: RealtimeModuleOptions): DynamicModule {
    const plugins: readonly WirePlugin[] = [...Object.values(builtIn), ...wires];
    return {
      module: RealtimeModule,
      global: true,
      imports: [DiscoveryModule, ...imports],
      controllers: [
        ClientConfigController,
        FiguresController,
        HealthController,
        MigrationController,
        ParityController,
        RolloutController,
        ServiceHealthController,
        ServiceDescriptionController,
        StatsController,
        ...plugins.flatMap(({ controllers = [] }) => controllers),
      ],
      providers: [
        { provide: REALTIME_OPTIONS, inject, useFactory },
        { provide: WIRE_PLUGINS, useValue: plugins },
        ...plugins.map(({ type }) => type),
        ...PROVIDERS,
      ],
      exports: [STORE, REALTIME_OPTIONS, ClientConfig, RunLeases, ServiceRegistry, Stages, OriginPolicy, RestCalls],
    };
  }
}

/** Sets up an application that imports `RealtimeModule`: WebSocket adapter, CORS, body parser and shutdown; call it before `listen`. */
export function useSwitchyard(app: INestApplication): void {
  const origins = app.get(OriginPolicy);
  app.useWebSocketAdapter(new SwitchyardAdapter(app));
  app.enableCors({
    origin: (origin: string | undefined, answer: (error: null, allowed: boolean) => void) =>
      answer(null, origins.allows(origin)),
    credentials: true,
  });
  // After CORS, so that a page can read why its body was refused.
  readJsonBodies(app, app.get(CallSizes).frame);
  (app.getHttpServer() as HttpServer).keepAliveTimeout = KEEP_ALIVE_MS;
  app.enableShutdownHooks([...STOP_SIGNALS]);
}
