import { cpuDuring } from './cpu.js';
import type { Measure } from './measure.js';

/** The number of clients, and of concurrent calls on each. */
const CLIENTS = 50;
const IN_FLIGHT = 4;

function callMeasure(correlated: boolean): Measure['take'] {
  return async (pair, plan, system) => {
    // Raw socket.io gets the plain call, because it does not handle the id.
    const withId = correlated && system.name === 'switchyard';
    await pair.load.ask('connect', pair.url, CLIENTS);
    await pair.load.ask('call', plan.warmUpCalls, IN_FLIGHT, withId);
    const used = await cpuDuring(pair, plan, system, () => pair.load.ask('call', plan.calls, IN_FLIGHT, withId));
    return used / plan.calls;
  };
}

/** A call with a payload of four fields and a reply. */
export const call: Measure = {
  name: 'call',
  title: 'acked call',
  unit: 'µs',
  target: 1.5,
  take: callMeasure(false),
};

/** The same with a `correlation_id`, which Switchyard runs once even if repeated. */
export const correlated: Measure = {
  name: 'correlated',
  title: 'acked call with correlation_id',
  unit: 'µs',
  systems: ['raw', 'switchyard'],
  take: callMeasure(true),
};
