import type { Caller } from '../caller/caller.js';
import { parseCounterName } from './counter.name.js';
import { ServiceCounters } from './service.counters.js';

const caller = (wire: string): Caller => ({ key: 'client:one', wire });
const failed = (code: string) => ({ ok: false, error: { code } }) as never;

describe('the counters of a service', () => {
  it('begin at 0 again once they were read', () => {
    const counters = new ServiceCounters();
    counters.answered(caller('socketio'), { ok: true, data: null });
    counters.delivered('socketio', 3, undefined);
    expect([...counters.drain()]).toEqual([
      ['socketio//calls', 1],
      ['socketio//deliveries', 3],
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
    counters.delivered('socketio', 1, Date.now() + 60_000);
    expect(counters.drain().get('socketio//delivery/1')).toBe(1);
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
