import { Controller, Get, Header, HttpCode, Inject, Res } from '@nestjs/common';
import type { Response } from 'express';
import { UpgradeRouter } from './upgrade.router.js';
import { STORE, type Store } from '../store/store.js';

/** Serves the health checks: whether the process is alive and whether it should get traffic. */
@Controller('health')
export class HealthController {
  constructor(
    private readonly router: UpgradeRouter,
    @Inject(STORE) private readonly store: Store,
  ) {}

  @Get('live')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** Answers 503 while the store is unreachable or refuses writes, or the process drains. */
  @Get('ready')
  @Header('Cache-Control', 'no-store')
  async ready(@Res({ passthrough: true }) response: Response): Promise<object> {
    const reachable = await this.store.ready();
    const { draining } = this.router;
    const { kind, durability, degradedReason: degraded_reason } = this.store;
    const ok = reachable && degraded_reason === undefined && !draining;
    response.status(ok ? 200 : 503);
    return {
      status: ok ? 'ok' : draining ? 'draining' : 'degraded',
      store: { kind, reachable, durability, ...(degraded_reason !== undefined && { degraded_reason }) },
    };
  }
}
