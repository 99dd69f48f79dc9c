import { Body, Controller, Get, Header, Headers, Param, Put, UseGuards } from '@nestjs/common';
import type { RolloutPlan } from '@switchyard/contract';
import { AdminGuard } from '../stages/admin.guard.js';
import { authorOf } from '../stages/change.author.js';
import { validatePayload } from '../validation/payload.validation.js';
import { PlanChange, PlanStart } from './plan.request.dto.js';
import { RolloutPlans } from './rollout.plans.js';

/** Serves and changes rollout plans. */
@Controller('admin/migration')
@UseGuards(AdminGuard)
export class RolloutController {
  constructor(private readonly plans: RolloutPlans) {}

  @Get(':service/plan')
  @Header('Cache-Control', 'no-store')
  one(@Param('service') service: string): Promise<RolloutPlan> {
    return this.plans.of(service);
  }

  /** Starts a plan, or changes the one there is; `X-Switchyard-Actor` names the person. */
  @Put(':service/plan')
  put(
    @Param('service') service: string,
    @Body() body: unknown,
    @Headers('x-switchyard-actor') actor?: string,
  ): Promise<RolloutPlan> {
    const by = authorOf(actor);
    const isChange = typeof body === 'object' && body !== null && 'state' in body;
    if (isChange) return this.plans.change(service, validatePayload(PlanChange, body), by);
    return this.plans.start(service, validatePayload(PlanStart, body), by);
  }
}
