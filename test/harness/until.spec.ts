import { until } from './until.js';

describe('waiting in a test', () => {
  it('ends with the first answer that is true', async () => {
    let asked = 0;
    expect(await until('three', () => (++asked >= 3 ? `asked ${asked} times` : ''))).toBe('asked 3 times');
  });

  it('reports what did not come, and what it saw instead', async () => {
    await expect(until('the end', () => Promise.resolve(0), 10)).rejects.toThrow(
      'unable to see the end within 10 ms; the last answer was 0',
    );
  });

  it('passes on an error of the question', async () => {
    const broken = () => Promise.reject(new Error('it is gone'));
    await expect(until('anything', broken)).rejects.toThrow('it is gone');
  });
});
