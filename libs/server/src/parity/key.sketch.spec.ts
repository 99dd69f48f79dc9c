import { randomFrom } from '../../../../test/harness/random.js';
import { HASHES, keyHash } from './key.hash.js';
import { KeySketch, MAX_KEYS } from './key.sketch.js';

const HASHED = Array.from({ length: 6000 }, (_, n) => keyHash('canary', 'board', `client:${n}`));
const isOnNew = (hash: number) => hash % 5 === 0;

function sketchOf(hashes: readonly number[]): KeySketch {
  const sketch = new KeySketch();
  for (const hash of hashes) sketch.add(hash, isOnNew(hash));
  return sketch;
}

describe('a sketch of keys', () => {
  it('is exact up to its size, and counts each key once by what it was first', () => {
    const sketch = sketchOf(HASHED.slice(0, 1000));
    for (const hash of HASHED.slice(0, 1000)) expect(sketch.add(hash, !isOnNew(hash))).toBe(false);
    expect([sketch.size, sketch.onNew]).toEqual([1000, HASHED.slice(0, 1000).filter(isOnNew).length]);
  });

  it('has the smallest hashes of all keys beyond that, in whatever order and at whatever process they came', () => {
    const smallest = [...HASHED].sort((a, b) => a - b).slice(0, MAX_KEYS);
    const random = randomFrom(3);
    const shuffled = [...HASHED].sort(() => random() - 0.5);
    const whole = sketchOf(shuffled);
    const parts = sketchOf(shuffled.slice(0, 4500));
    parts.merge(sketchOf(shuffled.slice(3000)));
    for (const sketch of [whole, parts, KeySketch.decode(parts.encode())]) {
      expect([sketch.size, sketch.onNew]).toEqual([MAX_KEYS, smallest.filter(isOnNew).length]);
      expect(smallest.filter((hash) => sketch.wants(hash))).toEqual([]);
    }
    expect(whole.encode().length).toBeLessThan(40_000);
  });

  it('spreads keys evenly', () => {
    const lower = HASHED.filter((hash) => hash < HASHES / 10).length;
    expect(lower).toBeGreaterThan(500);
    expect(lower).toBeLessThan(700);
  });
});
