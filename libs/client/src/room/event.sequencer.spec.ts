import type { LoggedEvent, RoomKind, WireName } from '@switchyard/contract';
import fc from 'fast-check';
import type { WireEvent } from '../transport/transport.js';
import { EventSequencer } from './event.sequencer.js';

/** A sequencer, with a line for each delivery, and the wires of its requests. */
function sequencerOf(kind: RoomKind, active: WireName = 'socketio') {
  const delivered: string[] = [];
  const asked: WireName[] = [];
  const counts = { duplicates: 0, healed: 0 };
  const sequencer = new EventSequencer(kind, {
    snapshot: (snapshot) => delivered.push(`snapshot ${String(snapshot)}`),
    event: ({ event }) => delivered.push(event),
    duplicate: () => (counts.duplicates += 1),
    healed: () => (counts.healed += 1),
    rejoin: (wire) => asked.push(wire),
    activeWire: () => active,
  });
  return { sequencer, delivered, asked, counts };
}

const at = (offset: number, epoch = 'e'): LoggedEvent => ({ event: `${epoch}${offset}`, payload: {}, epoch, offset });
const live = (offset: number, epoch = 'e'): WireEvent => ({
  event: `${epoch}${offset}`,
  payload: {},
  position: { epoch, offset },
});

describe('the sequencer of a room', () => {
  it('holds events that arrive before the answer to the join', () => {
    const { sequencer, delivered } = sequencerOf('log');
    sequencer.hold('socketio');
    sequencer.event('socketio', live(3));
    sequencer.event('socketio', { event: 'volatile', payload: {} });
    expect(delivered).toEqual([]);
    sequencer.reply('socketio', { recovered: false, epoch: 'e', offset: 2, snapshot: 'of 2' });
    expect(delivered).toEqual(['snapshot of 2', 'e3', 'volatile']);
  });

  it('holds no more than a bounded number, and asks for those it had no place for', () => {
    const { sequencer, delivered, asked } = sequencerOf('log');
    sequencer.hold('socketio');
    for (let offset = 3; offset <= 5000; offset += 1) sequencer.event('socketio', live(offset));
    // Without a position, it would hide the gap.
    sequencer.event('socketio', { event: 'volatile', payload: {} });
    sequencer.reply('socketio', { recovered: false, epoch: 'e', offset: 2, snapshot: 'of 2' });
    const before = delivered.length;
    expect(before).toBeLessThan(2000);
    expect(asked).toEqual(['socketio']);
    const missed = Array.from({ length: 4999 - sequencer.position!.offset }, (_, index) =>
      at(sequencer.position!.offset + 1 + index),
    );
    sequencer.reply('socketio', { recovered: true, epoch: 'e', offset: 4999, events: missed });
    expect(delivered.slice(1)).toEqual(Array.from({ length: 4998 }, (_, index) => `e${index + 3}`));
  });

  it('merges the log that two wires deliver', () => {
    const { sequencer, delivered, counts, asked } = sequencerOf('log');
    sequencer.reply('legacy', { recovered: false, epoch: 'e', offset: 0, snapshot: '' });
    sequencer.event('legacy', live(1));
    sequencer.hold('socketio');
    sequencer.event('legacy', live(2));
    sequencer.event('socketio', live(3));
    sequencer.reply('socketio', { recovered: true, epoch: 'e', offset: 2, events: [at(2)] });
    sequencer.event('legacy', live(3));
    expect(delivered.slice(1)).toEqual(['e1', 'e2', 'e3']);
    expect(counts.duplicates).toBe(2);
    expect(asked).toEqual([]);
  });

  it('asks again after an answer that goes on from a forgotten position, also when an event came before it', () => {
    const { sequencer, delivered, asked } = sequencerOf('log', 'sse');
    sequencer.reply('sse', { recovered: false, epoch: 'e', offset: 5, snapshot: 'of 5' });
    // The room stays live while another stream asks from here.
    sequencer.restart();
    sequencer.event('sse', live(7));
    sequencer.reply('sse', { recovered: true, epoch: 'e', offset: 7, events: [at(6), at(7)] });
    expect(asked).toEqual(['sse', 'sse']);
    sequencer.reply('sse', { recovered: false, epoch: 'e', offset: 7, snapshot: 'of 7' });
    sequencer.event('sse', live(8));
    expect(delivered).toEqual(['snapshot of 5', 'snapshot of 7', 'e8']);
  });

  it('passes on volatile events of the wire in use only', () => {
    const { sequencer, delivered } = sequencerOf('log', 'socketio');
    for (const wire of ['legacy', 'socketio'] as const) {
      sequencer.reply(wire, { recovered: false, epoch: 'e', offset: 0, snapshot: '' });
      sequencer.event(wire, { event: `of ${wire}`, payload: {} });
    }
    expect(delivered).toEqual(['snapshot ', 'of socketio']);
  });

  it('ignores the old wire once the new one has brought a snapshot', () => {
    const { sequencer, delivered } = sequencerOf('log');
    sequencer.reply('legacy', { recovered: false, epoch: 'e', offset: 5, snapshot: 'of 5' });
    sequencer.reply('socketio', { recovered: false, epoch: 'f', offset: 2, snapshot: 'of f2' });
    sequencer.event('legacy', live(6));
    sequencer.event('socketio', live(3, 'f'));
    expect(delivered).toEqual(['snapshot of 5', 'snapshot of f2', 'f3']);
    expect(sequencer.isLive('legacy')).toBe(false);
  });

  it('drops a snapshot of events that it has already delivered', () => {
    const { sequencer, delivered } = sequencerOf('log');
    sequencer.reply('legacy', { recovered: false, epoch: 'e', offset: 5, snapshot: 'of 5' });
    sequencer.event('legacy', live(6));
    sequencer.reply('socketio', { recovered: false, epoch: 'e', offset: 5, snapshot: 'of 5' });
    sequencer.event('socketio', live(7));
    expect(delivered).toEqual(['snapshot of 5', 'e6', 'e7']);
  });

  it('asks again when another wire’s snapshot came before the answer', () => {
    const { sequencer, delivered, asked } = sequencerOf('log');
    sequencer.reply('legacy', { recovered: false, epoch: 'e', offset: 5, snapshot: 'of 5' });
    sequencer.hold('socketio');
    sequencer.reply('legacy', { recovered: false, epoch: 'f', offset: 6, snapshot: 'of f6' });
    sequencer.reply('socketio', { recovered: true, epoch: 'e', offset: 6, events: [at(6)] });
    expect(delivered).toEqual(['snapshot of 5', 'snapshot of f6']);
    expect(asked).toEqual(['socketio']);
  });

  it('follows a replay across the change of an epoch', () => {
    const { sequencer, delivered, asked } = sequencerOf('log');
    sequencer.reply('socketio', { recovered: false, epoch: 'e', offset: 1, snapshot: '' });
    sequencer.event('socketio', live(2, 'f'));
    expect(asked).toEqual(['socketio']);
    sequencer.reply('socketio', { recovered: true, epoch: 'f', offset: 2, events: [at(2, 'f')] });
    sequencer.event('socketio', live(3, 'f'));
    expect(delivered.slice(1)).toEqual(['f2', 'f3']);
  });

  it('asks for a snapshot when a replay has a gap', () => {
    const { sequencer, asked } = sequencerOf('log');
    sequencer.reply('socketio', { recovered: false, epoch: 'e', offset: 1, snapshot: '' });
    sequencer.hold('socketio');
    sequencer.reply('socketio', { recovered: true, epoch: 'e', offset: 4, events: [at(2), at(4)] });
    expect(asked).toEqual(['socketio']);
    expect(sequencer.position).toBeUndefined();
  });

  it('asks for a snapshot when a replay ends too early', () => {
    const { sequencer, asked } = sequencerOf('log');
    sequencer.reply('socketio', { recovered: false, epoch: 'e', offset: 1, snapshot: '' });
    sequencer.reply('socketio', { recovered: true, epoch: 'e', offset: 4, events: [at(2)] });
    expect(asked).toEqual(['socketio']);
    expect(sequencer.position).toBeUndefined();
  });
});

const WIRES = ['legacy', 'socketio', 'polling'] as const;
const step = fc.record({
  wire: fc.constantFrom(...WIRES),
  kind: fc.constantFrom('publish', 'deliver', 'lose', 'repeat', 'drop', 'join', 'answer'),
});

it('the sequencer delivers each event once, in order and without a gap, whatever three wires do', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      let head = 0;
      const seen: number[] = [];
      const questions = new Map<WireName, number | undefined>();
      const cursors = new Map<WireName, number>();
      const sequencer: EventSequencer = new EventSequencer('log', {
        snapshot: (upTo) => seen.splice(0, Infinity, ...Array.from({ length: upTo as number }, (_, n) => n + 1)),
        event: ({ position }) => seen.push(position!.offset),
        duplicate: () => undefined,
        healed: () => undefined,
        rejoin: (wire) => questions.set(wire, sequencer.position?.offset),
        activeWire: () => undefined,
      });
      const answer = (wire: WireName) => {
        if (!questions.has(wire)) return;
        const since = questions.get(wire);
        questions.delete(wire);
        cursors.set(wire, head);
        const events = Array.from({ length: head - (since ?? 0) }, (_, n) => at((since ?? 0) + n + 1));
        sequencer.reply(wire, {
          epoch: 'e',
          offset: head,
          ...(since === undefined ? { recovered: false, snapshot: head } : { recovered: true, events }),
        });
      };
      const act = {
        publish: () => (head += 1),
        deliver(wire: WireName) {
          const cursor = cursors.get(wire);
          if (cursor === undefined || cursor >= head) return;
          cursors.set(wire, cursor + 1);
          sequencer.event(wire, live(cursor + 1));
        },
        lose: (wire: WireName) => cursors.has(wire) && cursors.set(wire, Math.min(head, cursors.get(wire)! + 1)),
        repeat: (wire: WireName) => cursors.get(wire) && sequencer.event(wire, live(cursors.get(wire)!)),
        drop(wire: WireName) {
          questions.delete(wire);
          cursors.delete(wire);
          sequencer.lose(wire);
        },
        join(wire: WireName) {
          sequencer.hold(wire);
          questions.set(wire, sequencer.position?.offset);
        },
        answer,
      };
      for (const { wire, kind } of steps) {
        act[kind](wire);
        expect(seen).toEqual(seen.map((_, n) => n + 1));
      }
      act.join('socketio');
      while (questions.size > 0) WIRES.forEach(answer);
      expect(seen).toHaveLength(head);
    }),
    { numRuns: 300 },
  );
});
