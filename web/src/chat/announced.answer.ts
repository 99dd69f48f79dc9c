import type { AgentRun, ChatMessage } from '@switchyard/services';
import { isAnswering } from './run.answering.js';

/** An answer to announce. */
export interface AnnouncedAnswer {
  id: string;
  text: string;
  isWhole: boolean;
  /** The messages before it. */
  before: number;
}

/** The shown messages and run of a session. */
interface Session {
  messages?: readonly ChatMessage[];
  run?: AgentRun;
}

/** Finds the last answer whose start this page has seen; earlier ones are not announced. */
export function nextAnnouncement(
  announced: AnnouncedAnswer | undefined,
  { messages = [], run }: Session,
): AnnouncedAnswer | undefined {
  if (isAnswering(run)) {
    // An old wire has no ids, so an answer is identified by the messages before it.
    const before = announced && !announced.isWhole ? announced.before : messages.length;
    const id = run.run_id ?? String(before);
    return { id, text: run.partial, isWhole: false, before: announced?.id === id ? announced.before : messages.length };
  }
  if (!announced || announced.isWhole) return announced;
  // The message may contain more than the received pieces.
  const answer = messages.slice(announced.before).find(({ sender }) => sender === 'agent');
  return { ...announced, text: answer?.content ?? announced.text, isWhole: true };
}
