import { Fault } from '@switchyard/contract';
import { CauseLog, loggable } from './cause.log.js';

describe('a log of causes', () => {
  let lines: string[];
  let log: CauseLog;
  beforeEach(() => {
    jest.useFakeTimers();
    lines = [];
    log = new CauseLog({ warn: (line) => lines.push(line as string), error: (line) => lines.push(line as string) });
  });
  afterEach(() => {
    log.close();
    jest.useRealTimers();
  });

  it('has each cause once, and tells after an hour how often it was met again', () => {
    for (let at = 0; at < 42; at++) log.warn('origin', 'refused a page');
    log.warn('path', 'refused a path');
    expect(lines).toEqual(['refused a page', 'refused a path']);
    jest.advanceTimersByTime(3_600_000);
    expect(lines.slice(2)).toEqual(['refused a page … and 41 more of the same']);
    log.warn('origin', 'refused a page');
    expect(lines).toHaveLength(4);
  });

  it('tells the repeats when it is closed', () => {
    log.warn('origin', 'refused a page');
    log.warn('origin', 'refused a page');
    log.close();
    expect(lines[1]).toBe('refused a page … and 1 more of the same');
  });

  it('tells a hundred causes apart and counts the others', () => {
    for (let at = 0; at < 150; at++) log.warn(`cause ${at}`, `line ${at}`);
    log.close();
    expect(lines).toHaveLength(101);
    expect(lines[100]).toBe('50 more of other causes were not logged');
  });

  it('has errors from one line of code once, with their stack, whatever their message', () => {
    const fail = (name: string) => new RangeError(`no ${name}`);
    for (const name of ['a', 'b']) log.error('unable to greet', fail(name));
    log.error('unable to greet', new RangeError('no a'));
    log.error('unable to greet', 'a text');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^unable to greet; RangeError: no a\n +at /);
    expect(lines[2]).toBe('unable to greet; a text');
  });

  it('has what code of the application throws, except faults', async () => {
    const known = new Fault('input.invalid');
    const foreign = new TypeError('no such field');
    const thrower = (error: Error) => () => {
      throw error;
    };
    expect(() => log.watch('unable to ask', thrower(known))).toThrow(known);
    await expect(log.watch('unable to ask', () => Promise.reject(known))).rejects.toBe(known);
    expect(lines).toEqual([]);
    expect(() => log.watch('unable to ask', thrower(foreign))).toThrow(foreign);
    await expect(log.watch('unable to answer', () => Promise.reject(foreign))).rejects.toBe(foreign);
    expect(lines.map((line) => line.split('\n')[0])).toEqual([
      'unable to ask; TypeError: no such field',
      'unable to answer; TypeError: no such field',
    ]);
  });

  it('takes no line and no control character from outside', () => {
    expect(loggable('/a\r\nWARN all is well\u001b[31m')).toBe('/a??WARN all is well?[31m');
    expect(loggable('x'.repeat(1000))).toHaveLength(101);
  });
});
