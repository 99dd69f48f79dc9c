import { randomFrom } from '../../../../test/harness/random.js';
import { dueLook, hasOtherShare } from './share.looks.js';

const MAX_KEYS = 4096;

/** The number of keys at which a canary is found to differ, undefined when it never is; clients come in groups. */
function foundAt(random: () => number, percent: number, lost: number): number | undefined {
  let [keys, onNew, looked] = [0, 0, 0];
  while (keys < MAX_KEYS) {
    const group = 1 + Math.floor(random() * 150);
    for (let n = 0; n < group && keys < MAX_KEYS; n += 1) {
      keys += 1;
      if (random() * 100 < percent && random() >= lost) onNew += 1;
    }
    const look = dueLook(keys, looked);
    if (look === undefined) continue;
    looked = look;
    if (hasOtherShare(onNew, keys, percent)) return keys;
  }
  return undefined;
}

describe('the looks at a share', () => {
  it.each([
    [199, 0, undefined],
    [200, 0, 200],
    [399, 200, undefined],
    [1000, 200, 800],
    [4096, 3200, 4096],
    [4096, 4096, undefined],
  ])('with %d keys after one at %d are due at %s', (keys, looked, due) => {
    expect(dueLook(keys, looked)).toBe(due);
  });

  it('find no difference in 2,000 healthy canaries but by a chance of one in a thousand', () => {
    const random = randomFrom(2026);
    const alarms = Array.from({ length: 2000 }, (_, n) => foundAt(random, [1, 5, 20, 50][n % 4]!, 0));
    expect(alarms.filter((found) => found !== undefined).length).toBeLessThanOrEqual(4);
  });

  it('find each of 50 canaries of 20 % whose new wire loses three of ten clients', () => {
    const random = randomFrom(7);
    const alarms = Array.from({ length: 50 }, () => foundAt(random, 20, 0.3));
    expect(alarms).not.toContain(undefined);
  });

  it('allow one late client in a thousand where the percentage is 0 or 100', () => {
    expect([hasOtherShare(2, 800, 0), hasOtherShare(798, 800, 100)]).toEqual([false, false]);
    expect([hasOtherShare(40, 800, 0), hasOtherShare(760, 800, 100)]).toEqual([true, true]);
  });
});
