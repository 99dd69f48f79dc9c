import type { AgentRun } from '@switchyard/services';

/** Tells whether an answer is in progress: it has not failed and is not a message yet. */
export function isAnswering(run: AgentRun | undefined): run is AgentRun {
  if (!run || run.error) return false;
  // Pieces that have disappeared have become the message.
  return run.partial !== '' || run.next_index === 0;
}
