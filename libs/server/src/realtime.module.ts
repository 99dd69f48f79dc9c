import { Module, type DynamicModule, type INestApplication, type Provider } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
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
import { FiguresReader } from './figures/figures.reader.js';
import { FiguresRecorder } from './figures/figures.recorder.js';
import { FiguresRoutes } from './figures/figures.routes.js';
import { StatsReports } from './figures/stats.reports.js';
import { StatsRoutes } from './figures/stats.routes.js';
import { HealthWatch } from './health/health.watch.js';
import { ServiceHealthRoutes } from './health/service-health.routes.js';
import { SloFile } from './health/slo.file.js';
import { HealthRoutes } from './http/health.routes.js';
import { HttpCallers } from './http/http.caller.js';
import { MountedRoutes, ROUTE_TYPES } from './http/mounted.routes.js';
import { OriginPolicy } from './http/origin.policy.js';
import { RefusalLog } from './http/refusal.log.js';
import { RestCalls } from './http/rest.calls.js';
import { controllersOf } from './http/route.controllers.js';
import { RouteRunner } from './http/route.runner.js';
import type { GatewayOptions } from './adapter/gateway.options.js';
import { HostGateways } from './adapter/host.gateways.js';
import { SwitchyardAdapter } from './adapter/switchyard.adapter.js';
import { UpgradeRouter } from './http/upgrade.router.js';
import { Authentication } from './identity/authentication.js';
import { CredentialExpiry } from './identity/credential.expiry.js';
import { SlowConsumerGuard } from './lifecycle/slow-consumer.guard.js';
import { Drain } from './lifecycle/drain.js';
import { StoreCloser } from './lifecycle/store.closer.js';
import { OpenConnections } from './limits/open.connections.js';
import { RateLimits } from './limits/rate.limits.js';
import { UnauthenticatedSockets } from './limits/unauthenticated.sockets.js';
import { withDefaults } from './options/default.options.js';
import { partOf } from './options/imported.module.js';
import { checkOptions } from './options/option.check.js';
import { REALTIME_OPTIONS, type ResolvedOptions } from './options/realtime.options.js';
import type { RealtimeModuleOptions, RealtimeRootOptions } from './realtime-module.options.js';
import { CanaryKeys } from './parity/canary.keys.js';
import { ParityRecorder } from './parity/parity.recorder.js';
import { ParityRoutes } from './parity/parity.routes.js';
import { ParityReports } from './parity/parity.reports.js';
import { ShadowSample } from './parity/shadow.sample.js';
import { HealthSource, RolloutObjections } from './rollout/health.source.js';
import { OtherChanges } from './rollout/other.changes.js';
import { ParityObjections } from './rollout/parity.objections.js';
import { PlanFollower } from './rollout/plan.follower.js';
import { PlanStore } from './rollout/plan.store.js';
import { PlanVerdicts } from './rollout/plan.verdicts.js';
import { RolloutPlans } from './rollout/rollout.plans.js';
import { RolloutRoutes } from './rollout/rollout.routes.js';
import { RolloutRunner } from './rollout/rollout.runner.js';
import { WatchedHealth } from './rollout/watched.health.js';
import { CallForwarder } from './runs/call.forwarder.js';
import { RunLeases } from './runs/run.leases.js';
import { AutomaticRollback } from './rollback/automatic.rollback.js';
import type { RouteType } from './routes/route.js';
import { RoutePaths } from './routes/route.paths.js';
import { ServiceRegistry } from './service/service.registry.js';
import { AdminAccess } from './stages/admin.access.js';
import { MigrationRoutes } from './stages/migration.routes.js';
import { MigrationAuditReader } from './stages/migration.audit.js';
import { Stages } from './stages/stages.js';
import { STORE, type Store } from './store/store.js';
import { ClientConfig } from './wires/client.config.js';
import { ClientConfigRoutes } from './wires/client-config.routes.js';
import { RoomsInUse } from './wires/rooms.in.use.js';
import { ServiceDescriptionRoutes } from './wires/service-description.routes.js';
import { StageCheck } from './wires/stage.check.js';
import { WireDependencies } from './wires/wire.dependencies.js';
import type { WirePlugin } from './wires/wire.js';
import { HostedRequests } from './wires/hosted/hosted.requests.js';
import { OldStreamRoutes } from './wires/sse/old/old-stream.routes.js';
import { WIRE_PLUGINS, Wires } from './wires/wires.js';
import { Upstreams } from './upstream/upstreams.js';
import { SocketIoAdmission } from './socketio/socketio.admission.js';
import { SocketIoHost } from './socketio/socketio.host.js';

/** The classes with the HTTP routes that every application has; wires bring their own. */
const ROUTES: readonly RouteType[] = [
  ClientConfigRoutes,
  FiguresRoutes,
  HealthRoutes,
  MigrationRoutes,
  ParityRoutes,
  RolloutRoutes,
  ServiceDescriptionRoutes,
  ServiceHealthRoutes,
  StatsRoutes,
];

const PROVIDERS: Provider[] = [
  {
    provide: STORE,
    inject: [REALTIME_OPTIONS],
    useFactory: ({ openStore }: ResolvedOptions): Promise<Store> => openStore(),
  },
  { provide: HealthSource, useClass: WatchedHealth },
  {
    provide: RolloutObjections,
    inject: [ParityRecorder],
    useFactory: (parity: ParityRecorder) => new ParityObjections(parity),
  },
  AdminAccess,
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
  HostGateways,
  HostedRequests,
  HttpCallers,
  MigrationAuditReader,
  MountedRoutes,
  MoveEffects,
  MovePace,
  OldStreamRoutes,
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
  RefusalLog,
  RestCalls,
  Retirement,
  RolloutPlans,
  RolloutRunner,
  RoomsInUse,
  RouteRunner,
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
  UnauthenticatedSockets,
  UpgradeRouter,
  Upstreams,
  WireDependencies,
  Wires,
];

/** Serves every provider with `@ServiceGateway` on all wires of its service. */
@Module({})
export class RealtimeModule {
  /** The module with these settings; import it once, in the root module. */
  static forRoot({ wires, http, providers = [], ...options }: RealtimeRootOptions): DynamicModule {
    const parts = { ...(wires && { wires }), ...(http && { http }), providers };
    return RealtimeModule.forRootAsync({ ...parts, useFactory: () => options });
  }

  /**
   * The module with the settings that `useFactory` returns, which may come from other providers; import it once, in the root
   * module. The application does not start when a setting is missing, wrong or unknown.
   */
  static forRootAsync({
    imports = [],
    inject = [],
    wires = [],
    http,
    providers = [],
    useFactory,
  }: RealtimeModuleOptions): DynamicModule {
    const plugins: readonly WirePlugin[] = [...Object.values(builtIn), ...wires];
    const paths = new RoutePaths(http);
    const routes = paths.served([...ROUTES, ...plugins.flatMap(({ routes = [] }) => routes)]);
    return {
      module: RealtimeModule,
      global: true,
      imports: [DiscoveryModule, ...imports],
      controllers: paths.asControllers ? controllersOf(routes, paths.prefix) : [],
      providers: [
        { provide: REALTIME_OPTIONS, inject, useFactory: resolvedBy(useFactory) },
        { provide: WIRE_PLUGINS, useValue: plugins },
        { provide: RoutePaths, useValue: paths },
        { provide: ROUTE_TYPES, useValue: routes },
        ...plugins.map(({ type }) => type),
        ...routes,
        ...PROVIDERS,
        ...providers,
      ],
      exports: [
        STORE,
        REALTIME_OPTIONS,
        ClientConfig,
        RunLeases,
        ServiceRegistry,
        Stages,
        OriginPolicy,
        RestCalls,
        Upstreams,
      ],
    };
  }
}

/** A factory of settings that are checked, and have their defaults. */
function resolvedBy(useFactory: RealtimeModuleOptions['useFactory']) {
  return async (...injected: never[]): Promise<ResolvedOptions> => {
    const options: unknown = await useFactory(...injected);
    checkOptions(options);
    return withDefaults(options);
  };
}

/**
 * Lets an application that imports `RealtimeModule` serve WebSockets; call it after the application is made, before `listen`.
 *
 * @throws TypeError when the application does not import it
 */
export function useSwitchyard(app: INestApplication, options: GatewayOptions = {}): void {
  const gateways = partOf(app, HostGateways);
  const { config } = app as INestApplication & { config?: { getIoAdapter?(): unknown } };
  app.useWebSocketAdapter(new SwitchyardAdapter(app, options, config?.getIoAdapter?.()));
  gateways.isAdapted = true;
  // A testing module got its HTTP adapter just now.
  app.get(MountedRoutes).mount();
}
