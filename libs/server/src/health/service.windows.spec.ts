import type { Reading } from './figure.window.js';
import { ServiceWindows } from './service.windows.js';

const MINUTE = 100;
/** A reading after so many seconds, when so many calls were counted in each minute. */
const reading = (s: number, ...calls: number[]): Reading => ({
  at: MINUTE * 60_000 + s * 1000,
  from: MINUTE - 1,
  minutes: calls.map((count, index) => ({ minute: MINUTE + index, counts: { 'socketio/socketio/calls': count } })),
  open: { legacy: 0, socketio: 0 },
});
const windows = () => new ServiceWindows((wire) => wire);
const callsOf = (window: ReturnType<ServiceWindows['long']>) => window?.arms.socketio.figures?.calls;

describe('the windows of a service', () => {
  it('have parts, in which a reading counts that came before their end', () => {
    const service = windows();
    service.add(reading(0, 5), 10_000);
    const begun = service.begun!;
    service.addPart(reading(4, 8), begun);
    service.add(reading(10, 20), 10_000);
    service.addPart(reading(9, 19), begun);
    service.add(reading(20, 21), 10_000);
    const { now, before } = service.latest(0);
    expect(before!.arms.socketio.parts.map(({ figures }) => figures!.calls)).toEqual([3, 12]);
    expect(callsOf(before)).toBe(15);
    expect(now!.arms.socketio.parts.map(({ figures }) => figures!.calls)).toEqual([1]);
  });

  it('add up to a long one from the first reading after a time, minute by minute', () => {
    const service = windows();
    const since = reading(5).at;
    const longOf = (next: Reading) => {
      service.add(next, 30_000);
      return service.long(since);
    };
    expect(longOf(reading(0, 100))).toBeUndefined();
    expect(longOf(reading(30, 110))).toBeUndefined();
    expect(callsOf(longOf(reading(60, 113, 2)))).toBe(5);
    const long = longOf(reading(90, 113, 9));
    expect(long!.arms.socketio.parts.map(({ figures }) => figures!.calls)).toEqual([3, 9]);
    expect(long!.ended - long!.began).toBe(60_000);
    service.clear();
    expect(longOf(reading(120, 113, 9, 4))).toBeUndefined();
  });

  it('are read from where the long one began, an hour ago at most, or from where a longer current one began', () => {
    const service = windows();
    const after = (minutes: number) => reading(minutes * 60);
    expect(service.readSince(after(0).at)).toBe(after(0).at);
    service.add(after(0), 30_000);
    service.long(0);
    service.add(after(1), 60_000);
    expect(service.readSince(after(40).at)).toBe(after(0).at);
    service.add(after(100), 60_000);
    expect(service.readSince(after(101).at)).toBe(after(41).at);
    expect(service.readSince(after(200).at)).toBe(after(100).at);
  });

  it('do not take what an earlier reading did not look at for new', () => {
    const service = windows();
    const short = reading(60);
    service.add({ ...short, from: MINUTE + 1 }, 30_000);
    service.add(reading(90, 500, 9), 30_000);
    expect(callsOf(service.latest(0).now)).toBe(9);
  });

  it('are none when the counts have begun again', () => {
    const service = windows();
    service.add(reading(0, 50), 10_000);
    service.add(reading(10, 20), 10_000);
    expect(service.latest(0)).toEqual({});
  });
});
