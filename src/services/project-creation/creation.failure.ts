import { Fault } from '@switchyard/contract';
import type { CreationStep } from '@switchyard/services';

/** A failed step; the message is for people and names the step. */
export class StepFailure extends Error {
  override readonly name = 'StepFailure';

  constructor(step: CreationStep, cause: unknown) {
    super(`unable to create the project; ${step} failed: ${reasonOf(cause)}`, { cause });
  }
}

/** A problem that a step finds; its message is for people. */
export class StepProblem extends Error {
  override readonly name = 'StepProblem';
}

/** The second half of a fault's message: the reason. */
function reasonOf(cause: unknown): string {
  if (cause instanceof StepProblem) return cause.message;
  return cause instanceof Fault ? cause.message.split('; ').at(-1)! : 'the server met an error';
}
