import { Fault } from '@switchyard/contract';
import type { CreationStep } from '@switchyard/services';

/** A step that could not be done; the message is for people and names it. */
export class StepFailure extends Error {
  override readonly name = 'StepFailure';

  constructor(step: CreationStep, cause: unknown) {
    super(`unable to create the project; ${step} failed: ${reasonOf(cause)}`, { cause });
  }
}

/** Something a step finds wrong, to be told as it is. */
export class StepProblem extends Error {
  override readonly name = 'StepProblem';
}

/** A fault's second half: what stood in the way. */
function reasonOf(cause: unknown): string {
  if (cause instanceof StepProblem) return cause.message;
  return cause instanceof Fault ? cause.message.split('; ').at(-1)! : 'the server met an error';
}
