import type { Measure } from './measure.js';

/** Everybody joins one room at once, as after a restart: what it costs that all are told who is there. */
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

/** How long after the last of them is in all have been told the right count. */
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
