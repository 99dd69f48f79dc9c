import type { ErrorBody, RolloutChange, RolloutPlan, RolloutStart } from '@switchyard/contract';
import { AdminClient } from './admin.client.js';
import { until } from './until.js';

/** Starts and follows the rollout plan of one service through the admin API, as one person. */
export class PlanClient {
  private readonly admin: AdminClient;

  constructor(
    url: string,
    private readonly service: string,
    actor = 'ada',
  ) {
    this.admin = new AdminClient(url, actor);
  }

  /** Sends a body as it is; `error` is the refusal. */
  async put(body: object): Promise<{ status: number; plan: RolloutPlan; error: ErrorBody }> {
    const { status, body: answer } = await this.admin.ask<RolloutPlan & { error: ErrorBody }>(this.path, body);
    return { status, plan: answer, error: answer.error };
  }

  /** Starts a plan. @throws Error when that is refused */
  async start(steps: RolloutStart['steps'], more: Partial<RolloutStart> = {}): Promise<RolloutPlan> {
    return this.accepted({ steps, reason: 'a test', ...more });
  }

  /** Pauses, resumes or stops the plan. @throws Error when that is refused */
  async change(state: RolloutChange['state'], reason = 'a test'): Promise<RolloutPlan> {
    return this.accepted({ state, reason });
  }

  async read(): Promise<RolloutPlan> {
    return (await this.admin.ask<RolloutPlan>(this.path)).body;
  }

  /** Waits for a plan of which this holds. */
  async until(what: string, is: (plan: RolloutPlan) => boolean): Promise<RolloutPlan> {
    return until(what, async () => {
      const plan = await this.read();
      return is(plan) && plan;
    }) as Promise<RolloutPlan>;
  }

  /** The states that the service has been in, as its audit tells, oldest first: `canary 5`. */
  async places(): Promise<string[]> {
    const { entries } = await this.admin.audit(this.service);
    return entries.map(({ to }) => (to.stage === 'canary' ? `canary ${to.percent}` : to.stage)).reverse();
  }

  private get path(): string {
    return `/${this.service}/plan`;
  }

  private async accepted(body: object): Promise<RolloutPlan> {
    const { status, plan } = await this.put(body);
    if (status !== 200) throw new Error(`unable to put the plan of ${this.service}; ${JSON.stringify(plan)}`);
    return plan;
  }
}
