import type { AgentRun } from '@switchyard/services';

/** Whether an answer is being given: it has not failed, and it is not a message yet. */
export function isAnswering(run: AgentRun | undefined): run is AgentRun {
  if (!run || run.error) return false;
  // Pieces that are gone again have become the message.
  return run.partial !== '' || run.next_index === 0;
}
