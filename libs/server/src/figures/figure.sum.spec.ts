import { LATENCY_MS } from '@switchyard/contract';
import { WireCounters } from '../counters/wire.counters.js';
import { latencyOf, sumBy } from './figure.sum.js';

describe('the sum of counters', () => {
  const counted = (wire: string, arm: string, durations: readonly number[]) => {
    const counters = new WireCounters(wire, arm);
    counters.calls = durations.length;
    for (const ms of durations) counters.delivered(2, 0, ms);
    const counts = new Map<string, number>();
    counters.drainInto(counts);
    return Object.fromEntries(counts);
  };

  it('is the same by wire, whatever arms the clients belong to, and by arm, whatever wires they are on', () => {
    const all = [
      counted('sse', 'legacy', [1]),
      counted('sse', 'socketio', [2, 3]),
      counted('socketio', 'socketio', [4]),
    ];
    const wires = sumBy('wire', all);
    expect(Object.entries(wires).map(([wire, { calls }]) => [wire, calls])).toEqual([
      ['sse', 3],
      ['socketio', 1],
    ]);
    const arms = sumBy('arm', all);
    expect(Object.entries(arms).map(([arm, { calls, deliveries }]) => [arm, calls, deliveries])).toEqual([
      ['legacy', 1, 2],
      ['socketio', 3, 6],
    ]);
    expect(arms.socketio!.delivery.count).toBe(3);
  });

  it('leaves out of the arms what belongs to none', () => {
    expect(sumBy('arm', [counted('sse', '', [1])])).toEqual({});
    expect(sumBy('wire', [counted('sse', '', [1])]).sse!.delivery.count).toBe(1);
  });

  it('puts each duration in the class whose end it does not exceed, and the longest in the last', () => {
    const { classes } = sumBy('wire', [counted('sse', '', [0, 1, 1.5, 2, 2.1, 1_000_000])]).sse!.delivery;
    expect(classes.slice(0, 3)).toEqual([2, 2, 1]);
    expect(classes.at(-1)).toBe(1);
    expect(classes).toHaveLength(LATENCY_MS.length);
  });

  it.each<[string, number[], number | null, number | null]>([
    ['nothing', [], null, null],
    ['one', [0, 1], 2, 2],
    ['two', [1, 0, 1], 1, 3],
    ['a hundred, one of them slow', [99, 0, 0, 1], 1, 1],
    ['fifty, one of them slow', [49, 0, 0, 1], 1, 5],
  ])('has the quantiles of %s', (_, counts, p50_ms, p99_ms) => {
    const classes = LATENCY_MS.map((_end, index) => counts[index] ?? 0);
    expect(latencyOf(classes)).toMatchObject({ p50_ms, p99_ms });
  });
});
