import { allowedMoves, Fault, STAGES, type MigrationChange, type RolloutStep, type Stage } from '@switchyard/contract';
import { invalidField } from '../validation/payload.validation.js';

/** Where a service is, or is to be. */
type Place = Pick<RolloutStep, 'percent'> & { stage: Stage };

const orderOf = ({ stage }: Place) => STAGES.indexOf(stage);

/**
 * Checks that each step of a plan leads further than the one before it, by a legal move. The first one may be where the
 * service is.
 *
 * @throws Fault `plan.illegal` with `details.step`, from 0, and `details.allowed`; `input.invalid`
 */
export function checkSteps(start: Place, steps: readonly RolloutStep[]): void {
  let from = start;
  for (const [step, { stage, percent }] of steps.entries()) {
    if ((stage === 'canary') !== (percent !== undefined)) {
      throw invalidField(`steps.${step}.percent`, 'must be given for a canary, and for no other stage');
    }
    if (!isForward(from, { stage, percent }, step === 0)) {
      throw new Fault('plan.illegal', {
        step,
        from: shown(from),
        to: shown({ stage, percent }),
        allowed: ahead(from, step === 0),
      });
    }
    from = { stage, percent };
  }
}

/** The change of a service that a step makes. */
export function moveTo({ stage, percent }: RolloutStep, reason: string): MigrationChange {
  return { stage, reason, ...(percent !== undefined && { percent }) };
}

/** Whether a service is where a step leads to. */
export function isAt(step: RolloutStep, state: Place): boolean {
  return step.stage === state.stage && (step.stage !== 'canary' || step.percent === state.percent);
}

function isForward(from: Place, to: Place, mayStay: boolean): boolean {
  const distance = orderOf(to) - orderOf(from);
  if (distance !== 0) return distance === 1;
  const more = to.stage === 'canary' ? to.percent! - from.percent! : 0;
  return more > 0 || (more === 0 && mayStay);
}

/** The stages that may follow; that of a canary is one, with a larger percentage. */
function ahead(from: Place, mayStay: boolean): Stage[] {
  const isSame = mayStay || (from.stage === 'canary' && from.percent !== 100);
  const least = orderOf(from) + (isSame ? 0 : 1);
  return allowedMoves(from.stage).filter((stage) => orderOf({ stage }) >= least && stage !== 'retired');
}

function shown({ stage, percent }: Place) {
  return { stage, ...(stage === 'canary' && { percent }) };
}
