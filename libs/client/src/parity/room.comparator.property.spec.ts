import type { Mismatch, RoomKind } from '@switchyard/contract';
import fc from 'fast-check';
import { notes } from '../../test/notes.contract.js';
import { DEFAULT_COMPARISON_LIMITS } from './comparison.rules.js';
import { EventForms } from './event.forms.js';
import { Findings } from './findings.js';
import { LANES, type LaneName } from './lane.js';
import { RoomComparator } from './room.comparator.js';

/** What may happen to a healthy service and its client. */
type Step =
  | { kind: 'publish' }
  | { kind: 'receive'; lane: LaneName }
  | { kind: 'lose'; lane: LaneName; isResumable: boolean }
  | { kind: 'rejoin'; lane: LaneName }
  | { kind: 'wait'; ms: number };

const lane = fc.constantFrom(...LANES);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ kind: 'publish' as const }) },
  { weight: 10, arbitrary: fc.record({ kind: fc.constant('receive' as const), lane }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lose' as const), lane, isResumable: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('rejoin' as const), lane }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(30_000) }) },
);

const event = (offset: number) => ({ event: 'note_added', payload: { text: `${offset}` } });

/** A server's log, and a connection for each lane that brings it in order. */
function run(kind: RoomKind, steps: readonly Step[], drop?: { lane: LaneName; offset: number }) {
  const found: Mismatch[] = [];
  const wires = { old: 'legacy', new: 'socketio' };
  const findings = new Findings('notes', wires, (mismatch) => mismatch && found.push(mismatch));
  const contract = { ...notes, kind };
  const rules = { ...DEFAULT_COMPARISON_LIMITS, contract, forms: new EventForms(contract, {}), findings };
  const room = new RoomComparator('book_b1', rules);
  let at = 0;
  let head = 0;
  const links = Object.fromEntries(
    LANES.map((name) => [name, { had: 0, sent: 0, isUp: false, isResumable: false }]),
  ) as Record<LaneName, { had: number; sent: number; isUp: boolean; isResumable: boolean }>;

  const rejoin = (name: LaneName) => {
    const link = links[name];
    if (link.isUp) return;
    const missed = Array.from({ length: head - link.had }, (_, index) => link.had + index + 1);
    const replayed = kind === 'state' ? missed.slice(-1) : missed;
    const events = replayed.map((offset) => ({ ...event(offset), epoch: 'e', offset }));
    const reply = link.isResumable ? { recovered: true, events } : { recovered: false, snapshot: { head } };
    room.joined(name, { ...reply, epoch: 'e', offset: head }, at);
    Object.assign(link, { had: head, sent: head, isUp: true });
  };
  const receive = (name: LaneName) => {
    const link = links[name];
    if (!link.isUp || link.sent === head) return;
    link.sent += 1;
    if (drop?.lane === name && drop.offset === link.sent) return;
    link.had = link.sent;
    room.event(name, { ...event(link.sent), position: { epoch: 'e', offset: link.sent } }, at);
  };
  const drain = () =>
    LANES.forEach((name) => {
      while (links[name].isUp && links[name].sent < head) receive(name);
    });
  const wait = (ms: number) => {
    // A connection that is up brings what it has in no time.
    drain();
    at += ms;
    room.advance(at);
  };
  for (const one of steps) {
    if (one.kind === 'publish') head += 1;
    else if (one.kind === 'receive') receive(one.lane);
    else if (one.kind === 'rejoin') rejoin(one.lane);
    else if (one.kind === 'wait') wait(one.ms);
    else if (links[one.lane].isUp) {
      room.lost(one.lane, at);
      Object.assign(links[one.lane], { isUp: false, isResumable: one.isResumable });
    }
  }
  LANES.forEach(rejoin);
  wait(0);
  wait(60_000);
  return { found, pending: room.pending, counts: findings.counts };
}

describe('a comparison of a healthy service', () => {
  it.each(['log', 'state'] as const)('finds no mismatch in a %s, whatever is lost and comes back', (kind) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const { found, pending, counts } = run(kind, steps);
        expect({ found, pending, shed: counts.shed }).toEqual({ found: [], pending: 0, shed: 0 });
      }),
      { numRuns: 500 },
    );
  });

  it('finds every single event that a wire drops, wherever that is', () => {
    const count = 50;
    const joins: Step[] = LANES.map((name) => ({ kind: 'rejoin', lane: name }));
    fc.assert(
      fc.property(lane, fc.integer({ min: 1, max: count - 1 }), (name, offset) => {
        const events = Array.from({ length: count }, (): Step => ({ kind: 'publish' }));
        const { found } = run('log', [...joins, ...events], { lane: name, offset });
        expect(found).toMatchObject([{ kind: name === 'new' ? 'missing' : 'extra', offset }]);
        expect(found).toHaveLength(1);
      }),
    );
  });
});
