import type { Caller } from '../caller/caller.js';
import { parseCounterName } from './counter.name.js';
import { ServiceCounters } from './service.counters.js';

const caller = (wire: string): Caller => ({ key: 'client:one', wire });
const failed = (code: string) => ({ ok: false, error: { code } }) as never;

describe('the counters of a service', () => {
  it('begin at 0 again once they were read', () => {
    const counters = new ServiceCounters();
    counters.answered(caller('socketio'), { ok: true, data: null });
    counters.delivered('socketio', { members: { clients: 3, shadows: 0 }, bytes: 90 });
    expect([...counters.drain()]).toEqual([
      ['socketio//calls', 1],
      ['socketio//deliveries', 3],
      ['socketio//bytes', 90],
    ]);
    expect(counters.drain().size).toBe(0);
  });

  it('count a limited number of codes apart, and all others together', () => {
    const counters = new ServiceCounters();
    for (let n = 0; n < 150; n += 1) counters.answered(caller('socketio'), failed(`area.code_${n}`));
    counters.answered(caller('socketio'), failed('area.code_7'));
    counters.answered(caller('socketio'), failed(`area.${'x'.repeat(100)}`));
    const codes = new Map([...counters.drain()].map(([name, count]) => [parseCounterName(name).detail, count]));
    expect(codes.size).toBe(101);
    expect(codes.get('area.code_7')).toBe(2);
    expect(codes.get('other')).toBe(51);
  });

  it('count an event from a clock that is ahead as one without delay', () => {
    const counters = new ServiceCounters();
    counters.delivered('socketio', { members: { clients: 1, shadows: 0 }, bytes: 0, at: Date.now() + 60_000 });
    expect(counters.drain().get('socketio//delivery/1')).toBe(1);
  });

  it('count what a shadow gets on its wire and in no arm, and the time of an event once', () => {
    const counters = new ServiceCounters();
    counters.divide({ ofWire: () => 'socketio', ofCaller: () => Promise.resolve('socketio') });
    counters.answered({ ...caller('socketio'), isShadow: true }, { ok: true, data: null });
    counters.delivered('socketio', { members: { clients: 2, shadows: 1 }, bytes: 91, at: Date.now() + 60_000 });
    counters.delivered('socketio', { members: { clients: 0, shadows: 1 }, bytes: 30, at: Date.now() + 60_000 });
    expect(Object.fromEntries(counters.drain())).toEqual({
      'socketio//calls': 1,
      'socketio//deliveries': 2,
      'socketio//bytes': 60,
      'socketio/socketio/deliveries': 2,
      'socketio/socketio/bytes': 61,
      'socketio//delivery/1': 1,
      'socketio/socketio/delivery/1': 1,
    });
  });

  it('count a client whose arm cannot be told, in no arm', async () => {
    const counters = new ServiceCounters();
    const advice = Promise.reject<string>(new Error('no advice'));
    counters.divide({ ofWire: () => undefined, ofCaller: () => advice });
    counters.answered(caller('sse'), { ok: true, data: null });
    await expect(advice).rejects.toThrow();
    expect([...counters.drain().keys()]).toEqual(['sse//calls']);
  });
});
