import type { RootCodec } from '@switchyard/contract';
import type { BoardTypes, Note } from './board.types.js';

/** The board on the root namespace, where the event name contains the board. */
export const boardRoot: RootCodec<BoardTypes> = {
  joins: ['watch'],
  leaves: ['unwatch'],
  keyOf: (payload) => payload as string,
  encodeSnapshot: ({ notes }, { key }) => [{ event: `notes_${key}`, payload: { notes } }],
  encodeEvent: ({ event, payload }, { key }) =>
    event === 'note' ? ['note', 'added'].map((name) => ({ event: `${name}_${key}`, payload })) : [],
  decodeEvent: ({ event, payload }) =>
    event.startsWith('note_') ? { kind: 'event', event: 'note', payload: payload as Note } : undefined,
  project: (event) => (event.event === 'note' ? event : undefined),
};
