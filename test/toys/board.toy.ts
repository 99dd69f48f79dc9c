import { Fault, defineService, type LegacyCodec } from '@switchyard/contract';
import { BaseRoomService, Call, ServiceGateway, type Caller, legacy, multiplex, root } from '@switchyard/server';
import { boardMultiplex } from './board.multiplex.js';
import { boardRoot } from './board.root.js';
import { Empty, PostMany, PostNote, type BoardTypes, type Note } from './board.types.js';

export type { BoardTypes, Note };

/** A `log` service. */
export const board = defineService<BoardTypes>()({
  name: 'board',
  kind: 'log',
  room: { prefix: 'board', key: 'board_id' },
  join: ['join_board', 'watch_board'],
  leave: ['leave_board', 'unwatch_board'],
  snapshot: 'board_history',
  calls: { post: {}, post_many: {}, fail: {}, refuse: {} },
  events: { note: {}, waving: { volatile: true }, closed: { terminal: true } },
  keep: 2000,
});

/** The board's old wire, which has frames for notes, and `{type:'post'}` for calls. */
export const boardLegacy: LegacyCodec<BoardTypes> = {
  path: '/api/boards/:board_id/ws',
  encodeEvent: ({ event, payload }) => (event === 'note' ? { type: 'note', data: payload } : undefined),
  encodeSnapshot: ({ notes }) => [{ type: 'notes', data: notes }],
  decodeEvent: (frame) => {
    if (typeof frame === 'string') return undefined;
    if (frame.type === 'notes') return { kind: 'snapshot', payload: { notes: frame.data as Note[] } };
    return frame.type === 'note' ? { kind: 'event', event: 'note', payload: frame.data as Note } : undefined;
  },
  encodeCall: ({ call, payload }) => (call === 'post' ? { type: 'post', text: payload.text } : undefined),
  decodeCall: (frame, { key }) => {
    if (typeof frame === 'string') return undefined;
    const { type, ...rest } = frame;
    // An old wire passes on any name, so the dispatcher must refuse unknown ones.
    return { call: type as 'post', payload: { board_id: key, ...rest } as PostNote };
  },
  encodeError: ({ code }) => ({ type: 'error', code }),
  unknownRoom: () => ({ frames: [{ type: 'error', code: 'unknown' }], close: { code: 4004, reason: 'unknown board' } }),
  project: (event) => (event.event === 'note' ? event : undefined),
};

/** The text of the error of the `fail` call, which must never reach a client. */
export const INNER_SECRET = 'connection string postgres://inner-secret';

@ServiceGateway(board, { wires: [legacy(boardLegacy), multiplex(boardMultiplex), root(boardRoot)] })
export class BoardGateway extends BaseRoomService<typeof board> {
  readonly boards = new Map<string, Note[]>();
  runs = 0;
  /** Delays the check of who may see a board; undefined for none. */
  asking: Promise<void> | undefined;
  /** Called after each post, before its reply. */
  posted: (text: string) => void = () => undefined;

  /** Opens a board. */
  open(key: string): string {
    this.boards.set(key, []);
    return key;
  }

  override snapshot(key: string) {
    const notes = this.boards.get(key);
    return notes && { notes: [...notes] };
  }

  override async authorize(_caller: Caller, key: string): Promise<boolean> {
    await this.asking;
    return !key.startsWith('forbidden');
  }

  @Call('post')
  async post({ board_id, text }: PostNote): Promise<Note> {
    this.runs += 1;
    const note = await this.add(board_id, text);
    this.posted(text);
    return note;
  }

  @Call('post_many')
  async postMany({ board_id, count, text = 'one of many' }: PostMany): Promise<{ posted: number }> {
    for (let posted = 0; posted < count; posted += 1) await this.add(board_id, text);
    return { posted: count };
  }

  @Call('fail')
  fail(_nothing: Empty): object {
    throw new Error(INNER_SECRET);
  }

  @Call('refuse')
  refuse(_nothing: Empty): object {
    throw new Fault('room.forbidden');
  }

  wave(board_id: string) {
    return this.publish(board_id, 'waving', { board_id });
  }

  close(board_id: string) {
    return this.commit(board_id, 'closed', { board_id });
  }

  wipe(board_id: string) {
    this.boards.set(board_id, []);
    return this.clear(board_id, 'note', { id: 0, text: 'wiped' });
  }

  whisper(memberId: string, board_id: string, note: Note) {
    return this.send(memberId, board_id, 'note', note);
  }

  present(board_id: string) {
    return this.members(board_id);
  }

  putOut(memberId: string, board_id: string) {
    return this.evict(memberId, board_id);
  }

  private async add(board_id: string, text: string): Promise<Note> {
    const notes = this.known(this.boards.get(board_id));
    const note = { id: notes.length + 1, text };
    notes.push(note);
    await this.commit(board_id, 'note', note, [{ collection: 'notes', id: `${board_id}-${note.id}`, value: note }]);
    return note;
  }
}
