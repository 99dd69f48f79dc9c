import { Fault } from '@switchyard/contract';
import type { CreationStep } from '@switchyard/services';

/** The failure of a step; the message is for people and names the step. */
export class StepFailure extends Error {
  override readonly name = 'StepFailure';

  constructor(step: CreationStep, cause: unknown) {
    super(`unable to create the project; ${step} failed: ${reasonOf(cause)}`, { cause });
  }
}

/** The reason why a step failed; its message is for people. */
export class StepProblem extends Error {
  override readonly name = 'StepProblem';
}

/** Returns the reason of a failure; for a fault, it is the second half of the message. */
function reasonOf(cause: unknown): string {
  if (cause instanceof StepProblem) return cause.message;
  return cause instanceof Fault ? cause.message.split('; ').at(-1)! : 'the server met an error';
}
