import { Injectable } from '@nestjs/common';
import type { RolloutPlan } from '@switchyard/contract';
import { ROUTE_GROUPS } from '../routes/http.options.js';
import { Route, RouteGroup, type RouteRequest } from '../routes/route.js';
import { authorOf } from '../stages/change.author.js';
import { validatePayload } from '../validation/payload.validation.js';
import { PlanChange, PlanStart } from './plan.request.dto.js';
import { RolloutPlans } from './rollout.plans.js';

/** Serves and changes rollout plans. */
@Injectable()
@RouteGroup('migration', ROUTE_GROUPS.migration, { admin: true })
export class RolloutRoutes {
  constructor(private readonly plans: RolloutPlans) {}

  @Route('GET', '/:service/plan')
  one({ params }: RouteRequest): Promise<RolloutPlan> {
    return this.plans.of(params.service!);
  }

  /** Starts a plan, or changes the one there is; `X-Switchyard-Actor` names the person. */
  @Route('PUT', '/:service/plan')
  async put({ request, params, body }: RouteRequest): Promise<RolloutPlan> {
    const service = params.service!;
    const by = authorOf(request);
    const asked = await body();
    const isChange = typeof asked === 'object' && asked !== null && 'state' in asked;
    if (isChange) return this.plans.change(service, validatePayload(PlanChange, asked), by);
    return this.plans.start(service, validatePayload(PlanStart, asked), by);
  }
}
