import { plain } from '../terminal/plain.text.mjs';

/** @typedef {import('@switchyard/contract').MigrationState} MigrationState */
/** @typedef {import('@switchyard/contract').Stage} Stage */

/** A state in short, for a line of text: `canary 5 %, held`. @param {Pick<MigrationState, 'stage' | 'percent' | 'closed' | 'held'>} state */
export function stageText({ stage, percent, closed, held }) {
  return [stage === 'canary' ? `canary ${percent} %` : stage, ...flagsOf({ closed, held })].join(', ');
}

/** What blocks a service beside its stage. @param {Pick<MigrationState, 'closed' | 'held'>} state */
export function flagsOf({ closed, held }) {
  return [...(closed ? ['closed'] : []), ...(held ? ['held'] : [])];
}

/** What a stage means for the clients of a service. @param {Stage} stage @param {number | undefined} percent */
export function meaningOf(stage, percent) {
  switch (stage) {
    case 'legacy':
    case 'shadow':
      return 'all clients use the old wire';
    case 'canary':
      return `${percent} % of the clients use Socket.IO, the others the old wire`;
    case 'socketio':
      return 'our clients use Socket.IO; the old wire still serves old clients';
    case 'retired':
      return 'the old wire refuses every client';
  }
}

/** How much of a service's clients a stage gives the new wire, in percent. @param {Stage} stage @param {number | undefined} percent */
function shareOf(stage, percent) {
  if (stage === 'canary') return percent;
  return stage === 'socketio' || stage === 'retired' ? 100 : 0;
}

/**
 * What a change does not guarantee to the clients whose share it changes; nothing when the server does not say it.
 *
 * @param {MigrationState & { switch?: string, notes?: readonly string[] }} from
 * @param {{ stage: Stage, percent?: number }} to
 * @returns {string[]}
 */
export function limitsOf(from, { stage, percent }) {
  const notes = (from.notes ?? []).map(plain);
  const changesShare = shareOf(from.stage, from.percent) !== shareOf(stage, percent);
  if (!changesShare) return stage === 'retired' ? notes : [];
  if (from.switch !== 'snapshot') return notes;
  const loss = `A client of ${plain(from.service)} that changes wires begins with a snapshot: the old wire has no positions.`;
  return [loss, ...notes];
}
