import { ROOM_KEY } from '../service/bench.contract.js';
import { OLD_PATHS, type OldFrames } from '../service/bench.legacy.js';
import { cpuDuring } from './cpu.js';
import type { Measure } from './measure.js';

/** The number of old peers in the room. */
const PEERS = 500;
/** Slow enough for the load process to read everything before the next event on two cores. */
const EVERY_MS = 20;

function deliveryOf(frames: OldFrames): Measure['take'] {
  return async (pair, plan, system) => {
    const { server, load } = pair;
    const path = OLD_PATHS[frames].replace(':room_id', ROOM_KEY);
    await load.ask('connectOld', pair.url.replace('http', 'ws') + path, PEERS);
    const send = (events: number) =>
      Promise.all([load.ask('deliveries', events * PEERS), server.ask('publish', events, EVERY_MS)]);
    await send(plan.warmUpEvents);
    return (await cpuDuring(pair, plan, system, () => send(plan.events))) / (plan.events * PEERS);
  };
}

/** The delivery of an event of about 200 bytes to a room of 500 old peers, which all get the same bytes. */
export const oldPeers: Measure = {
  name: 'oldPeers',
  title: `one delivery to ${PEERS} old peers`,
  unit: 'µs',
  target: 1.2,
  systems: ['raw-ws', 'switchyard'],
  take: deliveryOf('shared'),
};

/** The same with the `session_id` of the connection in each frame. */
export const oldPeersPersonal: Measure = {
  name: 'oldPeersPersonal',
  title: `one delivery to ${PEERS} old peers, session_id in it`,
  unit: 'µs',
  target: 1.2,
  systems: ['raw-ws', 'switchyard'],
  take: deliveryOf('personal'),
};
