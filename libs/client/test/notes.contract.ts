import { defineService, type LegacyCodec } from '@switchyard/contract';

/** The types of the notes service. */
export interface NotesTypes {
  room: { book_id: string };
  calls: {
    add_note: { payload: { book_id: string; text: string }; reply: { number: number } };
  };
  events: {
    note_added: { text: string };
    typing: { user: string };
    book_closed: object;
  };
  snapshot: { texts: string[] };
}

/** A small log service. */
export const notes = defineService<NotesTypes>()({
  name: 'notes',
  kind: 'log',
  room: { prefix: 'book', key: 'book_id' },
  join: 'join_book',
  leave: 'leave_book',
  snapshot: 'book',
  calls: { add_note: {} },
  events: { note_added: {}, typing: { volatile: true }, book_closed: { terminal: true } },
  keep: 500,
});

/** The old wire of the notes service, which carries only notes. */
export const notesLegacy: LegacyCodec<NotesTypes> = {
  path: '/old/notes/:book_id',
  heartbeat: { every_ms: 200, frame: () => ({ type: 'heartbeat' }) },
  encodeEvent: ({ event, payload }) => (event === 'note_added' ? { type: 'note', data: payload } : undefined),
  encodeSnapshot: ({ texts }) => [{ type: 'notes', data: texts }],
  decodeEvent(frame) {
    if (typeof frame === 'string') return undefined;
    if (frame.type === 'heartbeat') return { kind: 'alive' };
    if (frame.type === 'notes') return { kind: 'snapshot', payload: { texts: frame.data as string[] } };
    return { kind: 'event', event: 'note_added', payload: frame.data as { text: string } };
  },
  encodeCall: () => undefined,
  decodeCall: () => undefined,
  unknownRoom: () => ({ frames: [] }),
  project: (event) => event,
};

/** The types of the meter service. */
export interface MeterTypes {
  room: { meter_id: string };
  calls: object & Record<never, never>;
  events: { level: { value: number; done?: boolean } };
  snapshot: { value: number; done?: boolean };
}

/** A small state service. */
export const meter = defineService<MeterTypes>()({
  name: 'meter',
  kind: 'state',
  room: { prefix: 'meter', key: 'meter_id' },
  join: 'join_meter',
  leave: 'leave_meter',
  snapshot: 'level',
  calls: {},
  events: { level: { terminal: ({ done }) => done === true } },
});
