import { HIDDEN_EVENT, type LegacyCodec, type Mismatch, type RoomKind } from '@switchyard/contract';
import { notes, notesLegacy, type NotesTypes } from '../../test/notes.contract.js';
import type { WireEvent } from '../transport/transport.js';
import { DEFAULT_COMPARISON_LIMITS } from './comparison.rules.js';
import { EventForms } from './event.forms.js';
import { Findings } from './findings.js';
import { LANES, type LaneName } from './lane.js';
import { RoomComparator } from './room.comparator.js';

const ROOM = 'book_b1';

/** Two lanes of a room, and a clock that the test moves. */
function lanes({
  kind = 'log',
  codec = {},
  maxPending,
}: { kind?: RoomKind; codec?: Partial<LegacyCodec<NotesTypes>>; maxPending?: number } = {}) {
  const found: Mismatch[] = [];
  const findings = new Findings(
    'notes',
    { old: 'legacy', new: 'socketio' },
    (mismatch) => mismatch && found.push(mismatch),
  );
  const contract = { ...notes, kind };
  const forms = new EventForms(contract, { legacy: { ...notesLegacy, ...codec } });
  const limits = { ...DEFAULT_COMPARISON_LIMITS, ...(maxPending && { maxPending }) };
  const room = new RoomComparator(ROOM, { ...limits, contract, forms, findings });
  let at = 0;
  const wait = (ms: number) => {
    for (const end = at + ms; at < end; at = Math.min(end, at + 250)) room.advance(at);
    room.advance(at);
  };
  const event = (lane: LaneName, offset: number, payload: object = { text: `${offset}` }, epoch = 'e') =>
    room.event(lane, { event: 'note_added', payload, position: { epoch, offset } }, at);
  return {
    room,
    found,
    findings,
    wait,
    event,
    at: () => at,
    events: (lane: LaneName, ...offsets: number[]) => offsets.forEach((offset) => event(lane, offset)),
    raw: (lane: LaneName, raw: WireEvent) => room.event(lane, raw, at),
    join: (lane: LaneName, offset: number, snapshot?: object, epoch = 'e') =>
      room.joined(lane, { recovered: false, epoch, offset, ...(snapshot && { snapshot }) }, at),
    resume: (lane: LaneName, ...offsets: number[]) => {
      const events = offsets.map((offset) => ({
        event: 'note_added',
        payload: { text: `${offset}` },
        epoch: 'e',
        offset,
      }));
      room.joined(lane, { recovered: true, epoch: 'e', offset: offsets.at(-1)!, events }, at);
    },
    joinPlain: (lane: LaneName) => room.joined(lane, { recovered: false }, at),
    lose: (lane: LaneName) => room.lost(lane, at),
    /** What was found, without the time and the names that are always the same. */
    kinds: () => found.map(({ kind, wire, offset, identity }) => `${kind} ${wire} ${offset ?? identity}`),
  };
}

function joined(options: Parameters<typeof lanes>[0] = {}) {
  const both = lanes(options);
  LANES.forEach((lane) => both.join(lane, 0));
  return both;
}

describe('a comparison of events with positions', () => {
  it('matches the same events, whichever wire is first', () => {
    const { events, wait, found, findings } = joined();
    events('old', 1, 2);
    events('new', 1, 2, 3, 4);
    events('old', 3, 4);
    wait(20_000);
    expect(found).toEqual([]);
    expect(findings.counts).toEqual({ matched: 4, mismatches: 0, shed: 0 });
  });

  it('reports an event that the new wire lacks as missing, with its room and offset', () => {
    const { events, wait, found } = joined();
    events('old', 1, 2, 3);
    events('new', 1, 3);
    wait(9_000);
    expect(found).toEqual([]);
    wait(2_000);
    expect(found).toEqual([
      {
        kind: 'missing',
        room: ROOM,
        name: 'note_added',
        wire: 'socketio',
        epoch: 'e',
        offset: 2,
        at: expect.any(String),
      },
    ]);
  });

  it('reports an event that only the new wire has as extra', () => {
    const { events, wait, kinds } = joined();
    events('old', 1, 3);
    events('new', 1, 2, 3);
    wait(11_000);
    expect(kinds()).toEqual(['extra socketio 2']);
  });

  it.each(LANES)('reports an event that comes twice on the %s wire as duplicated', (lane) => {
    const { events, wait, found, findings } = joined();
    events('old', 1, 2);
    events('new', 1, 2);
    events(lane, 2);
    wait(20_000);
    expect(found).toMatchObject([{ kind: 'duplicated', wire: lane === 'old' ? 'legacy' : 'socketio', offset: 2 }]);
    expect(findings.counts.matched).toBe(2);
  });

  it.each(LANES)('reports an event that an event of the %s wire overtakes as reordered, and not as missing', (lane) => {
    const { events, wait, found } = joined();
    events(lane, 1, 3, 2);
    events(lane === 'old' ? 'new' : 'old', 1, 2, 3);
    wait(20_000);
    expect(found).toMatchObject([{ kind: 'reordered', wire: lane === 'old' ? 'legacy' : 'socketio', offset: 2 }]);
  });

  it('reports an event with other fields as changed, with their paths and without their values', () => {
    const { event, found } = joined();
    event('old', 1, { text: 'secret', items: [{ n: 1 }, { n: 2 }] });
    event('new', 1, { text: 'hidden', items: [{ n: 1 }, { n: 3 }] });
    expect(found).toMatchObject([{ kind: 'changed', wire: 'socketio', offset: 1, fields: ['text', 'items.1.n'] }]);
    expect(JSON.stringify(found)).not.toMatch(/secret|hidden/);
  });

  it.each(LANES)('reports an event of the %s wire that comes too much later as late, and not as missing', (lane) => {
    const { events, wait, found } = joined();
    events(lane === 'old' ? 'new' : 'old', 1);
    wait(2_500);
    events(lane, 1);
    wait(20_000);
    expect(found).toMatchObject([
      { kind: 'late', wire: lane === 'old' ? 'legacy' : 'socketio', offset: 1, late_ms: 2500 },
    ]);
  });

  it('does not report again what comes after it was missing', () => {
    const { events, wait, kinds } = joined();
    events('old', 1, 2);
    events('new', 2);
    wait(11_000);
    events('new', 1);
    wait(11_000);
    expect(kinds()).toEqual(['missing socketio 1', 'late socketio 1'].slice(0, 1));
  });

  it('compares an event that overtakes the reply to a join', () => {
    const { events, join, wait, found, findings } = lanes();
    join('old', 0);
    events('new', 2);
    join('new', 1);
    events('old', 1, 2);
    wait(20_000);
    expect(found).toEqual([]);
    expect(findings.counts.matched).toBe(1);
  });

  it('begins at the later join', () => {
    const { events, wait, join, found, findings } = lanes();
    join('old', 5);
    events('old', 6, 7, 8);
    join('new', 7);
    events('new', 8, 9);
    events('old', 9);
    wait(20_000);
    expect(found).toEqual([]);
    expect(findings.counts.matched).toBe(1);
  });

  it('counts neither lateness nor absence while a wire is lost, and matches what its replay brings', () => {
    const { events, wait, lose, resume, found, findings } = joined();
    lose('new');
    events('old', 1, 2, 3);
    wait(60_000);
    resume('new', 1, 2, 3);
    wait(20_000);
    expect(found).toEqual([]);
    expect(findings.counts.matched).toBe(3);
  });

  it('counts the time before and after an outage, not the outage', () => {
    const { events, wait, lose, resume, kinds } = joined();
    events('old', 1);
    wait(6_000);
    lose('new');
    wait(60_000);
    resume('new', 0);
    wait(3_000);
    expect(kinds()).toEqual([]);
    wait(2_000);
    expect(kinds()).toEqual(['missing socketio 1']);
  });

  it('takes an event that a replay brings again for no duplicate', () => {
    const { events, lose, resume, found } = joined();
    events('old', 1, 2);
    events('new', 1, 2);
    lose('new');
    resume('new', 1, 2);
    events('new', 2);
    expect(found).toEqual([]);
  });

  it('reports an event that a wire left out and the client had to ask for', () => {
    const { events, resume, wait, kinds } = joined();
    events('old', 1, 2, 3);
    events('new', 1, 3);
    // Without a loss: the client has noticed the gap and joined again.
    resume('new', 2, 3);
    wait(20_000);
    expect(kinds()).toEqual(['missing socketio 2']);
  });

  it('goes on at the new position of a wire that could not resume', () => {
    const { events, lose, join, wait, found, findings } = joined();
    lose('new');
    events('old', 1, 2, 3);
    join('new', 2);
    events('new', 3, 4);
    events('old', 4);
    wait(20_000);
    expect(found).toEqual([]);
    expect(findings.counts.matched).toBe(2);
  });

  it('goes on in a new epoch once both wires are in it', () => {
    const { event, events, join, wait, found, findings } = joined();
    events('old', 1);
    event('old', 2, undefined, 'f');
    join('old', 2, undefined, 'f');
    event('old', 3, { text: '3' }, 'f');
    wait(20_000);
    join('new', 2, undefined, 'f');
    event('new', 3, { text: '3' }, 'f');
    event('new', 4, { text: '4' }, 'f');
    event('old', 4, { text: '4' }, 'f');
    wait(20_000);
    expect(found).toEqual([]);
    expect(findings.counts.matched).toBe(2);
  });

  it('does not compare snapshots, as the domain may be ahead of their position', () => {
    const { events, join, wait, found, findings } = lanes();
    join('old', 3, { pages: 1 });
    join('new', 3, { pages: 2 });
    for (const lane of ['old', 'new'] as const) events(lane, 4);
    wait(20_000);
    expect(found).toEqual([]);
    expect(findings.counts.matched).toBe(1);
  });

  it('compares only the name of an event for another user', () => {
    const { raw, found, findings } = joined();
    const position = { epoch: 'e', offset: 1 };
    raw('old', { event: HIDDEN_EVENT, payload: {}, position });
    raw('new', { event: HIDDEN_EVENT, payload: { a: 1 }, position });
    expect(findings.counts.matched).toBe(1);
    raw('old', { event: HIDDEN_EVENT, payload: {}, position: { epoch: 'e', offset: 2 } });
    raw('new', { event: 'note_added', payload: {}, position: { epoch: 'e', offset: 2 } });
    expect(found).toMatchObject([{ kind: 'changed', offset: 2, fields: ['event'] }]);
  });

  it('compares the frame that an old wire has sent with what the old wire can carry of the new one', () => {
    const project: LegacyCodec<NotesTypes>['project'] = ({ payload }) => ({
      event: 'note_added',
      payload: { text: (payload as { text: string }).text },
    });
    const { raw, found, findings } = joined({ codec: { project } });
    const payload = { text: 'a', author: 'x' };
    const both = (offset: number, text: string) => {
      const event = { event: 'note_added', payload, position: { epoch: 'e', offset } };
      raw('old', { ...event, frame: { type: 'note', data: { text }, _sy: {} } });
      raw('new', event);
    };
    both(1, 'a');
    expect(findings.counts).toMatchObject({ matched: 1, mismatches: 0 });
    both(2, 'b');
    expect(found).toMatchObject([{ kind: 'changed', offset: 2, fields: ['text'] }]);
  });

  it('compares the payloads of an event that the old wire has no frame for', () => {
    const { raw, found } = joined({ codec: { project: () => undefined } });
    const event = { event: 'typing', position: { epoch: 'e', offset: 1 } };
    raw('old', { ...event, payload: { user: 'a' }, frame: { type: '_sy', _sy: {} } });
    raw('new', { ...event, payload: { user: 'b' } });
    expect(found).toMatchObject([{ kind: 'changed', fields: ['user'] }]);
  });

  it('reports a frame that the codec cannot read', () => {
    const decodeEvent = () => {
      throw new Error('no such frame');
    };
    const { raw, event, found } = joined({ codec: { decodeEvent } });
    const position = { epoch: 'e', offset: 1 };
    raw('old', { event: 'note_added', payload: {}, position, frame: { type: 'note', data: null, _sy: {} } });
    event('new', 1, {});
    expect(found).toMatchObject([{ kind: 'changed', fields: ['frame'] }]);
  });

  it('leaves out the fields that the codec ignores, and compares what it normalises', () => {
    const { event, findings } = joined({
      codec: {
        ignore: { note_added: ['seen_at', 'items.*.at'] },
        normalise: ({ event: name, payload }) =>
          ({ event: name, payload: { ...payload, text: (payload as { text: string }).text.trim() } }) as never,
      },
    });
    event('old', 1, { text: 'a ', seen_at: 1, items: [{ at: 1, n: 1 }] });
    event('new', 1, { text: 'a', seen_at: 2, items: [{ at: 2, n: 1 }] });
    expect(findings.counts).toEqual({ matched: 1, mismatches: 0, shed: 0 });
  });

  it('does not compare presence', () => {
    const { raw, wait, found, findings } = joined({ codec: { identify: ({ event }) => event } });
    wait(3_000);
    raw('new', { event: 'presence_changed', payload: { members: 1, joined: [], left: [] } });
    wait(20_000);
    expect([found, findings.counts.matched]).toEqual([[], 0]);
  });

  it('gives up what waits when too much does, counts it, and finds the next mismatch', () => {
    const { events, event, wait, kinds, findings, room } = joined({ maxPending: 10 });
    events('old', ...Array.from({ length: 11 }, (_, index) => index + 1));
    expect(findings.counts).toEqual({ matched: 0, mismatches: 0, shed: 11 });
    expect(room.pending).toBe(0);
    events('new', ...Array.from({ length: 12 }, (_, index) => index + 1));
    event('old', 12);
    event('old', 13, { text: 'other' });
    event('new', 13);
    wait(20_000);
    expect(kinds()).toEqual(['changed socketio 13']);
    expect(findings.counts.matched).toBe(1);
  });

  describe('of a state room', () => {
    it('takes what a replay leaves out for no mismatch', () => {
      const { events, lose, resume, wait, found, findings } = joined({ kind: 'state' });
      lose('new');
      events('old', 1, 2, 3);
      resume('new', 3);
      events('old', 4);
      events('new', 4);
      wait(20_000);
      expect(found).toEqual([]);
      expect(findings.counts.matched).toBe(2);
    });

    it('matches an event that a replay has brought first', () => {
      const { events, lose, resume, wait, found, findings } = joined({ kind: 'state' });
      lose('old');
      resume('old', 1);
      events('new', 1);
      wait(20_000);
      expect(found).toEqual([]);
      expect(findings.counts.matched).toBe(1);
    });

    it('reports an event that is missing among live ones', () => {
      const { events, wait, kinds } = joined({ kind: 'state' });
      events('old', 1, 2, 3);
      events('new', 1, 3);
      wait(20_000);
      expect(kinds()).toEqual(['missing socketio 2']);
    });
  });

  it('does not wait for a wire that has ended', () => {
    const { events, room, at, wait, found } = joined();
    room.end('old', at());
    events('new', 1);
    expect(room.pending).toBe(0);
    wait(20_000);
    expect(found).toEqual([]);
  });

  it('expects nothing more of a wire that has ended, and waits for the other one', () => {
    const { events, room, at, wait, found, findings } = joined();
    events('old', 1, 2);
    room.end('old', at());
    expect(room.isDecided).toBe(false);
    events('new', 1, 2, 3);
    expect(room.isDecided).toBe(true);
    wait(20_000);
    expect(found).toEqual([]);
    expect(findings.counts.matched).toBe(2);
  });
});

describe('a comparison of events without positions', () => {
  const identify: LegacyCodec<NotesTypes>['identify'] = ({ event, payload }) =>
    event === 'note_added' ? payload.text : undefined;
  const project: LegacyCodec<NotesTypes>['project'] = (event) => (event.event === 'note_added' ? event : undefined);

  /** A plain old wire beside a new one that has positions; both have brought the event `first`. */
  function plain() {
    const both = lanes({ codec: { identify, project } });
    both.joinPlain('old');
    both.join('new', 0);
    let offset = 0;
    const old = (...texts: string[]) =>
      texts.forEach((text) => both.raw('old', { event: 'note_added', payload: { text } }));
    const next = (...texts: string[]) => texts.forEach((text) => both.event('new', (offset += 1), { text }));
    old('first');
    next('first');
    return { ...both, old, next };
  }

  it('matches them in any order of arrival', () => {
    const { old, next, wait, found, findings } = plain();
    old('a', 'b');
    next('a', 'b', 'c');
    old('c');
    wait(20_000);
    expect(found).toEqual([]);
    expect(findings.counts.matched).toBe(4);
  });

  it('reports missing and extra events by their identity', () => {
    const { old, next, wait, kinds } = plain();
    old('a', 'b');
    next('b', 'c');
    wait(20_000);
    expect(kinds().sort()).toEqual(['extra socketio c', 'missing socketio a']);
  });

  it('reports an event that comes twice as duplicated, unless it does on both wires', () => {
    const { old, next, wait, kinds } = plain();
    old('a', 'b', 'b');
    next('a', 'a', 'b', 'b');
    wait(20_000);
    expect(kinds()).toEqual(['duplicated socketio a']);
  });

  it('reports an event that changed its place as reordered', () => {
    const { old, next, wait, kinds } = plain();
    old('a', 'b', 'c');
    next('b', 'a', 'c');
    wait(20_000);
    expect(kinds()).toEqual(['reordered socketio a']);
  });

  it('reports a late event', () => {
    const { old, next, wait, kinds } = plain();
    old('a');
    wait(3_000);
    next('a');
    expect(kinds()).toEqual(['late socketio a']);
  });

  it('reports changed fields of an event with the same identity', () => {
    const { raw, event, found } = plain();
    raw('old', { event: 'note_added', payload: { text: 'a', mood: 'good' } });
    event('new', 2, { text: 'a', mood: 'bad' });
    expect(found).toMatchObject([{ kind: 'changed', identity: 'a', fields: ['mood'] }]);
  });

  it('does not compare events that the old wire has not, or that have no identity', () => {
    const { raw, wait, found } = plain();
    raw('new', { event: 'typing', payload: { user: 'a' } });
    raw('new', { event: 'book_closed', payload: {}, position: { epoch: 'e', offset: 2 } });
    wait(20_000);
    expect(found).toEqual([]);
  });

  it('takes what one wire sends as its history for no mismatch', () => {
    const { joinPlain, join, raw, event, wait, found } = lanes({ codec: { identify, project } });
    join('new', 2);
    joinPlain('old');
    for (const text of ['past 1', 'past 2', 'now']) raw('old', { event: 'note_added', payload: { text } });
    event('new', 3, { text: 'now' });
    wait(20_000);
    expect(found).toEqual([]);
  });

  it('aligns the wires again after a loss', () => {
    const { old, next, lose, joinPlain, wait, found } = plain();
    old('a');
    lose('old');
    next('a', 'b', 'c');
    joinPlain('old');
    old('d');
    next('d');
    wait(20_000);
    expect(found).toEqual([]);
  });

  it('lets a slow connection lose volatile events, on wires with positions', () => {
    const { raw, wait, found } = joined({ codec: { identify: ({ event }) => event } });
    raw('old', { event: 'typing', payload: { user: 'a' } });
    raw('new', { event: 'typing', payload: { user: 'a' } });
    raw('old', { event: 'book_closed', payload: {} });
    raw('old', { event: 'typing', payload: { user: 'a' } });
    wait(20_000);
    expect(found).toMatchObject([{ kind: 'missing', identity: 'book_closed' }]);
  });
});
