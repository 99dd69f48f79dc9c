import { Inject, Injectable } from '@nestjs/common';
import { CallDispatcher } from '../dispatch/call.dispatcher.js';
import { CallSizes } from '../dispatch/call.sizes.js';
import { HttpCallers } from '../http/http.caller.js';
import { UpgradeRouter } from '../http/upgrade.router.js';
import { CredentialExpiry } from '../identity/credential.expiry.js';
import { OpenConnections } from '../limits/open.connections.js';
import { RateLimits } from '../limits/rate.limits.js';
import { UnauthenticatedSockets } from '../limits/unauthenticated.sockets.js';
import { REALTIME_OPTIONS, type ResolvedOptions } from '../options/realtime.options.js';
import { StatsReports } from '../figures/stats.reports.js';
import { StageCheck } from './stage.check.js';

/** The parts of the framework that a wire needs; inject it into a wire of your own. */
@Injectable()
export class WireDependencies {
  constructor(
    readonly router: UpgradeRouter,
    readonly callers: HttpCallers,
    readonly calls: CallDispatcher,
    readonly sizes: CallSizes,
    readonly connections: OpenConnections,
    readonly unauthenticated: UnauthenticatedSockets,
    readonly rates: RateLimits,
    readonly credentials: CredentialExpiry,
    readonly stages: StageCheck,
    readonly reports: StatsReports,
    @Inject(REALTIME_OPTIONS) readonly options: ResolvedOptions,
  ) {}
}
