import { Injectable } from '@nestjs/common';
import type { ServiceHealth } from '@switchyard/contract';
import { HealthWatch } from '../health/health.watch.js';
import { SloFile } from '../health/slo.file.js';
import { HealthSource } from './health.source.js';

/** The health of services by the thresholds in `slo.json`. */
@Injectable()
export class WatchedHealth extends HealthSource {
  constructor(
    private readonly watch: HealthWatch,
    private readonly thresholds: SloFile,
  ) {
    super();
  }

  override isWatched(service: string): boolean {
    return this.thresholds.of(service) !== undefined;
  }

  override of(service: string): Promise<ServiceHealth> {
    return Promise.resolve(this.watch.of(service));
  }
}
