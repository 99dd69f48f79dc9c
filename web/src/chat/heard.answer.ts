import type { AgentRun, ChatMessage } from '@switchyard/services';
import { isAnswering } from './run.answering.js';

/** An answer as it is to be read out. */
export interface HeardAnswer {
  id: string;
  text: string;
  isWhole: boolean;
  /** The messages that were there before it. */
  before: number;
}

/** What a session shows. */
interface Session {
  messages?: readonly ChatMessage[];
  run?: AgentRun;
}

/** The last answer of which this page has seen the beginning: what was said before is not read out. */
export function heardAfter(heard: HeardAnswer | undefined, { messages = [], run }: Session): HeardAnswer | undefined {
  if (isAnswering(run)) {
    // An old wire has no ids; there an answer is told from the next by what stands before it.
    const before = heard && !heard.isWhole ? heard.before : messages.length;
    const id = run.run_id ?? String(before);
    return { id, text: run.partial, isWhole: false, before: heard?.id === id ? heard.before : messages.length };
  }
  if (!heard || heard.isWhole) return heard;
  // The message may say more than the pieces that were seen.
  const answer = messages.slice(heard.before).find(({ sender }) => sender === 'agent');
  return { ...heard, text: answer?.content ?? heard.text, isWhole: true };
}
