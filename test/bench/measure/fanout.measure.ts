import { cpuDuring } from './cpu.js';
import type { Measure } from './measure.js';

/** The number of members of the room. */
const MEMBERS = 500;
/** Slow enough for the load process to read everything before the next event on two cores. */
const EVERY_MS = 10;

/** The delivery of an event of about 200 bytes to a room of 500. */
export const fanout: Measure = {
  name: 'fanout',
  title: `one delivery of a fan-out to ${MEMBERS}`,
  unit: 'µs',
  target: 1.15,
  async take(pair, plan, system) {
    const { server, load, url } = pair;
    await load.ask('connect', url, MEMBERS);
    const send = (events: number) =>
      Promise.all([load.ask('deliveries', events * MEMBERS), server.ask('publish', events, EVERY_MS)]);
    await send(plan.warmUpEvents);
    return (await cpuDuring(pair, plan, system, () => send(plan.events))) / (plan.events * MEMBERS);
  },
};
