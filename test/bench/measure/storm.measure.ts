import type { Measure } from './measure.js';

/** Measures a mass join, as after a restart, with presence for everyone. */
export const storm: Measure = {
  name: 'storm',
  title: 'everybody joins one room',
  unit: 'ms',
  target: 2,
  systems: ['switchyard', 'presence'],
  async take({ load, url }, { members }) {
    await load.ask('open', url, members);
    return load.ask('joinAll');
  },
};

/** The time from the last join until all clients have the right count. */
export const told: Measure = {
  name: 'told',
  title: 'all know the count',
  unit: 'ms',
  limit: 1000,
  systems: ['presence'],
  async take({ load, url }, { members }) {
    await load.ask('open', url, members);
    await load.ask('joinAll');
    return load.ask('told', members);
  },
};
