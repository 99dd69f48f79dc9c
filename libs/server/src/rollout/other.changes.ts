import { Injectable } from '@nestjs/common';
import type { MigrationAudit, MigrationState } from '@switchyard/contract';
import { MigrationAuditReader } from '../stages/migration.audit.js';
import { Stages } from '../stages/stages.js';
import { currentStep, type PlanDocument } from './plan.document.js';
import { isAt } from './plan.steps.js';

/** The most changes of one service between two looks that are told apart. */
const MAX_BETWEEN = 50;

/** Finds the changes of a service that its plan did not make. */
@Injectable()
export class OtherChanges {
  constructor(
    private readonly stages: Stages,
    private readonly audit: MigrationAuditReader,
  ) {}

  /**
   * A plan after the changes that others have made: stopped when one moved or held the service, paused when one closed it.
   *
   * @throws Fault `store.unavailable`
   */
  async applyTo(plan: PlanDocument): Promise<PlanDocument> {
    if (this.stages.lastChange(plan.service) === plan.audit) return plan;
    const { entries } = await this.audit.page(plan.service, MAX_BETWEEN);
    const known = entries.findIndex(({ id }) => id === plan.audit);
    const made = (known === -1 ? entries : entries.slice(0, known)).reverse();
    const latest = made.at(-1);
    if (!latest) return plan;
    const seen = { ...plan, audit: latest.id };
    const step = currentStep(plan);
    const moved = made.find(({ to }) => to.held || !isAt(step, to));
    if (moved) return { ...seen, state: 'stopped', why: whyOf(moved), changed_by: moved.by };
    const closed = made.find(({ to }) => to.closed);
    if (!closed || plan.state === 'paused') return seen;
    return { ...seen, state: 'paused', why: whyOf(closed), changed_by: closed.by };
  }
}

/** Who changed the service, what and why: `ada moved it to canary 5 %: errors`. */
function whyOf({ by, from, to }: MigrationAudit): string {
  const deeds = [
    ...(from.stage !== to.stage || from.percent !== to.percent ? [`moved it to ${placeOf(to)}`] : []),
    ...(to.held && !from.held ? ['held it'] : []),
    ...(to.closed && !from.closed ? ['closed it'] : []),
  ];
  return `${by} ${deeds.join(' and ') || 'changed it'}: ${to.reason}`;
}

function placeOf({ stage, percent }: MigrationState): string {
  return stage === 'canary' ? `canary ${percent} %` : stage;
}
