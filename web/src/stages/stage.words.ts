import type { MigrationState, Stage } from '@switchyard/contract';

/** A stage in words, with the percentage of a canary. */
export function stageWord({ stage, percent }: Pick<MigrationState, 'stage' | 'percent'>): string {
  return stage === 'canary' ? `canary (${percent} %)` : stage;
}

/** The person or thing that made a change. */
export function actorWord(by: string): string {
  return by === 'flags' ? 'the flag file' : by;
}

/** An ISO 8601 time in the reader's own notation. */
export function timeWord(at: string): string {
  return new Date(at).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
}

/** What each stage does, in a sentence. */
export const STAGE_HINTS: Readonly<Record<Stage, string>> = {
  legacy: 'Every client uses the old wire.',
  shadow: 'Clients use the old wire; a sample of them compares both.',
  canary: 'A share of the clients uses Socket.IO.',
  socketio: 'Every client uses Socket.IO; the old wire still serves.',
  retired: 'The old wire no longer serves.',
};
