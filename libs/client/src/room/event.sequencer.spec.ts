import type { LoggedEvent, RoomKind, WireName } from '@switchyard/contract';
import fc from 'fast-check';
import type { WireEvent } from '../transport/transport.js';
import { EventSequencer } from './event.sequencer.js';

/** A gate with what it let through, in a line each, and the wires it asked on. */
function gateOf(kind: RoomKind, active: WireName = 'socketio') {
  const told: string[] = [];
  const asked: WireName[] = [];
  const counts = { duplicates: 0, healed: 0 };
  const gate = new EventSequencer(kind, {
    snapshot: (snapshot) => told.push(`snapshot ${String(snapshot)}`),
    event: ({ event }) => told.push(event),
    duplicate: () => (counts.duplicates += 1),
    healed: () => (counts.healed += 1),
    rejoin: (wire) => asked.push(wire),
    activeWire: () => active,
  });
  return { gate, told, asked, counts };
}

const at = (offset: number, epoch = 'e'): LoggedEvent => ({ event: `${epoch}${offset}`, payload: {}, epoch, offset });
const live = (offset: number, epoch = 'e'): WireEvent => ({
  event: `${epoch}${offset}`,
  payload: {},
  position: { epoch, offset },
});

describe('the sequencer of a room', () => {
  it('holds events that arrive before the answer to the join', () => {
    const { gate, told } = gateOf('log');
    gate.hold('socketio');
    gate.event('socketio', live(3));
    gate.event('socketio', { event: 'volatile', payload: {} });
    expect(told).toEqual([]);
    gate.reply('socketio', { recovered: false, epoch: 'e', offset: 2, snapshot: 'of 2' });
    expect(told).toEqual(['snapshot of 2', 'e3', 'volatile']);
  });

  it('merges the log that two wires deliver', () => {
    const { gate, told, counts, asked } = gateOf('log');
    gate.reply('legacy', { recovered: false, epoch: 'e', offset: 0, snapshot: '' });
    gate.event('legacy', live(1));
    gate.hold('socketio');
    gate.event('legacy', live(2));
    gate.event('socketio', live(3));
    gate.reply('socketio', { recovered: true, epoch: 'e', offset: 2, events: [at(2)] });
    gate.event('legacy', live(3));
    expect(told.slice(1)).toEqual(['e1', 'e2', 'e3']);
    expect(counts.duplicates).toBe(2);
    expect(asked).toEqual([]);
  });

  it('passes on volatile events of the wire in use only', () => {
    const { gate, told } = gateOf('log', 'socketio');
    for (const wire of ['legacy', 'socketio'] as const) {
      gate.reply(wire, { recovered: false, epoch: 'e', offset: 0, snapshot: '' });
      gate.event(wire, { event: `of ${wire}`, payload: {} });
    }
    expect(told).toEqual(['snapshot ', 'of socketio']);
  });

  it('ignores the old wire once the new one has brought a snapshot', () => {
    const { gate, told } = gateOf('log');
    gate.reply('legacy', { recovered: false, epoch: 'e', offset: 5, snapshot: 'of 5' });
    gate.reply('socketio', { recovered: false, epoch: 'f', offset: 2, snapshot: 'of f2' });
    gate.event('legacy', live(6));
    gate.event('socketio', live(3, 'f'));
    expect(told).toEqual(['snapshot of 5', 'snapshot of f2', 'f3']);
    expect(gate.isLive('legacy')).toBe(false);
  });

  it('drops a snapshot of events that it has already delivered', () => {
    const { gate, told } = gateOf('log');
    gate.reply('legacy', { recovered: false, epoch: 'e', offset: 5, snapshot: 'of 5' });
    gate.event('legacy', live(6));
    gate.reply('socketio', { recovered: false, epoch: 'e', offset: 5, snapshot: 'of 5' });
    gate.event('socketio', live(7));
    expect(told).toEqual(['snapshot of 5', 'e6', 'e7']);
  });

  it('asks again when another wire’s snapshot came before the answer', () => {
    const { gate, told, asked } = gateOf('log');
    gate.reply('legacy', { recovered: false, epoch: 'e', offset: 5, snapshot: 'of 5' });
    gate.hold('socketio');
    gate.reply('legacy', { recovered: false, epoch: 'f', offset: 6, snapshot: 'of f6' });
    gate.reply('socketio', { recovered: true, epoch: 'e', offset: 6, events: [at(6)] });
    expect(told).toEqual(['snapshot of 5', 'snapshot of f6']);
    expect(asked).toEqual(['socketio']);
  });

  it('follows a replay across the change of an epoch', () => {
    const { gate, told, asked } = gateOf('log');
    gate.reply('socketio', { recovered: false, epoch: 'e', offset: 1, snapshot: '' });
    gate.event('socketio', live(2, 'f'));
    expect(asked).toEqual(['socketio']);
    gate.reply('socketio', { recovered: true, epoch: 'f', offset: 2, events: [at(2, 'f')] });
    gate.event('socketio', live(3, 'f'));
    expect(told.slice(1)).toEqual(['f2', 'f3']);
  });

  it('asks for a snapshot when a replay has a hole', () => {
    const { gate, asked } = gateOf('log');
    gate.reply('socketio', { recovered: false, epoch: 'e', offset: 1, snapshot: '' });
    gate.hold('socketio');
    gate.reply('socketio', { recovered: true, epoch: 'e', offset: 4, events: [at(2), at(4)] });
    expect(asked).toEqual(['socketio']);
    expect(gate.position).toBeUndefined();
  });

  it('asks for a snapshot when a replay ends too early', () => {
    const { gate, asked } = gateOf('log');
    gate.reply('socketio', { recovered: false, epoch: 'e', offset: 1, snapshot: '' });
    gate.reply('socketio', { recovered: true, epoch: 'e', offset: 4, events: [at(2)] });
    expect(asked).toEqual(['socketio']);
    expect(gate.position).toBeUndefined();
  });
});

const WIRES = ['legacy', 'socketio', 'polling'] as const;
const step = fc.record({
  wire: fc.constantFrom(...WIRES),
  kind: fc.constantFrom('publish', 'deliver', 'lose', 'repeat', 'drop', 'join', 'answer'),
});

it('the sequencer delivers each event once, in order and without a hole, whatever three wires do', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      let head = 0;
      const seen: number[] = [];
      const questions = new Map<WireName, number | undefined>();
      const cursors = new Map<WireName, number>();
      const gate: EventSequencer = new EventSequencer('log', {
        snapshot: (upTo) => seen.splice(0, Infinity, ...Array.from({ length: upTo as number }, (_, n) => n + 1)),
        event: ({ position }) => seen.push(position!.offset),
        duplicate: () => undefined,
        healed: () => undefined,
        rejoin: (wire) => questions.set(wire, gate.position?.offset),
        activeWire: () => undefined,
      });
      const answer = (wire: WireName) => {
        if (!questions.has(wire)) return;
        const since = questions.get(wire);
        questions.delete(wire);
        cursors.set(wire, head);
        const events = Array.from({ length: head - (since ?? 0) }, (_, n) => at((since ?? 0) + n + 1));
        gate.reply(wire, {
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
          gate.event(wire, live(cursor + 1));
        },
        lose: (wire: WireName) => cursors.has(wire) && cursors.set(wire, Math.min(head, cursors.get(wire)! + 1)),
        repeat: (wire: WireName) => cursors.get(wire) && gate.event(wire, live(cursors.get(wire)!)),
        drop(wire: WireName) {
          questions.delete(wire);
          cursors.delete(wire);
          gate.lose(wire);
        },
        join(wire: WireName) {
          gate.hold(wire);
          questions.set(wire, gate.position?.offset);
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
