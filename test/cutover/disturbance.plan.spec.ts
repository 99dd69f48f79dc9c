import { planDisturbances } from './disturbance.plan.js';

const OPTIONS = { moves: 20, nodes: 2, cut: 5, kill: 5, seed: 7 };

describe('the plan of a cut-over’s disturbances', () => {
  const shape = (options = OPTIONS) => JSON.stringify(planDisturbances(options));

  it('cuts connections in the middle of every move, and kills a node in the middle of as many as asked for', () => {
    const plan = planDisturbances(OPTIONS);
    const [cuts, kills] = [plan.flatMap(({ cut }) => cut ?? []), plan.flatMap(({ kill }) => kill ?? [])];
    expect([plan.length, cuts.length, kills.length]).toEqual([20, 20, 5]);
    for (const { after } of [...cuts, ...kills]) {
      expect(after).toBeGreaterThanOrEqual(0.1);
      expect(after).toBeLessThan(0.9);
    }
    expect(new Set(kills.map(({ node }) => node))).toEqual(new Set([0, 1]));
  });

  it('is the same for the same seed, and another one for another seed', () => {
    expect(shape()).toBe(shape());
    expect(shape({ ...OPTIONS, seed: 8 })).not.toBe(shape());
  });

  it('is empty without cuts and kills', () => {
    expect(planDisturbances({ ...OPTIONS, cut: 0, kill: 0 })).toEqual(Array.from({ length: 20 }, () => ({})));
  });
});
