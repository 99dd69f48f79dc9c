import type { Measure } from './measure.js';

/** The time until all clients have joined one room at once, as after a restart. */
export const storm: Measure = {
  name: 'storm',
  title: 'all clients join one room',
  unit: 'ms',
  target: 2,
  systems: ['switchyard', 'presence'],
  async take({ load, url }, { members }) {
    await load.ask('open', url, members);
    return load.ask('joinAll');
  },
};

/** The time from the last join until all clients have the right count. */
export const memberCount: Measure = {
  name: 'memberCount',
  title: 'all clients have the right count',
  unit: 'ms',
  limit: 1000,
  systems: ['presence'],
  async take({ load, url }, { members }) {
    await load.ask('open', url, members);
    await load.ask('joinAll');
    return load.ask('awaitCount', members);
  },
};
