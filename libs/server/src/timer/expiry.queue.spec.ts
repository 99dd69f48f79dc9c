import { ExpiryQueue } from './expiry.queue.js';

const DAY_MS = 86_400_000;

describe('ExpiryQueue', () => {
  const expired: string[] = [];
  const open: ExpiryQueue<string>[] = [];
  const queue = (wait_ms: number) => {
    const made = new ExpiryQueue<string>(wait_ms, (key) => expired.push(key));
    open.push(made);
    return made;
  };
  beforeEach(() => {
    expired.length = 0;
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
  });
  afterEach(() => {
    for (const made of open.splice(0)) made.close();
    jest.useRealTimers();
  });

  it('expires each key when its own wait is over', () => {
    const keys = queue(100);
    keys.add('a');
    jest.advanceTimersByTime(40);
    keys.add('b');
    jest.advanceTimersByTime(60);
    expect([expired, keys.size]).toEqual([['a'], 1]);
    jest.advanceTimersByTime(40);
    expect([expired, keys.size]).toEqual([['a', 'b'], 0]);
  });

  it('starts the wait of a key again when it is added again', () => {
    const keys = queue(100);
    keys.add('a');
    jest.advanceTimersByTime(60);
    keys.add('a');
    jest.advanceTimersByTime(99);
    expect(expired).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(expired).toEqual(['a']);
  });

  it('does not expire a deleted key, and expires the next one in time', () => {
    const keys = queue(100);
    keys.add('a');
    jest.advanceTimersByTime(50);
    keys.add('b');
    keys.delete('a');
    jest.advanceTimersByTime(100);
    expect(expired).toEqual(['b']);
  });

  it('expires restored keys before those that were added, and none of them later than a new key', () => {
    const keys = queue(100);
    keys.add('new');
    keys.restore([
      ['late', -5],
      ['soon', 10],
      ['new', 20],
      ['far', 5000],
    ]);
    jest.advanceTimersByTime(0);
    expect(expired).toEqual(['late']);
    jest.advanceTimersByTime(10);
    expect(expired).toEqual(['late', 'soon']);
    jest.advanceTimersByTime(90);
    expect([...expired].sort()).toEqual(['far', 'late', 'new', 'soon']);
  });

  it.each([1, 25, 400])('waits %i days', (days) => {
    const keys = queue(days * DAY_MS);
    keys.add('a');
    jest.advanceTimersByTime(days * DAY_MS - 1);
    expect(expired).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(expired).toEqual(['a']);
  });

  it('expires a key that is added while another expires', () => {
    const keys: ExpiryQueue<string> = new ExpiryQueue<string>(100, (key) => {
      expired.push(key);
      if (key === 'a') keys.add('b');
    });
    open.push(keys);
    keys.add('a');
    jest.advanceTimersByTime(200);
    expect(expired).toEqual(['a', 'b']);
  });

  it('expires nothing once it is closed', () => {
    const keys = queue(100);
    keys.add('a');
    keys.close();
    jest.advanceTimersByTime(200);
    expect([expired, keys.size]).toEqual([[], 0]);
  });
});
