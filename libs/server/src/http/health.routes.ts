import { Inject, Injectable } from '@nestjs/common';
import { ROUTE_GROUPS } from '../routes/http.options.js';
import { Route, RouteGroup, type RouteRequest } from '../routes/route.js';
import { STORE, type Store } from '../store/store.js';
import { UpgradeRouter } from './upgrade.router.js';

/** Serves the health checks: whether the process is alive and whether it should get traffic. */
@Injectable()
@RouteGroup('health', ROUTE_GROUPS.health)
export class HealthRoutes {
  constructor(
    private readonly router: UpgradeRouter,
    @Inject(STORE) private readonly store: Store,
  ) {}

  @Route('GET', '/live')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** Answers 503 while the store is unreachable or refuses writes, or the process drains. */
  @Route('GET', '/ready')
  async ready({ answer }: RouteRequest): Promise<object> {
    const reachable = await this.store.ready();
    const { draining } = this.router;
    const { kind, durability, degradedReason: degraded_reason } = this.store;
    const ok = reachable && degraded_reason === undefined && !draining;
    answer.status = ok ? 200 : 503;
    return {
      status: ok ? 'ok' : draining ? 'draining' : 'degraded',
      store: { kind, reachable, durability, ...(degraded_reason !== undefined && { degraded_reason }) },
    };
  }
}
