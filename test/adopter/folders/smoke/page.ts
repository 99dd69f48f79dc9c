import { Realtime, ServiceClient } from '@switchyard/client';
import { Observable, firstValueFrom, skipWhile } from 'rxjs';
import { io } from 'socket.io-client';
import { clock, type ClockTypes } from './clock.js';

class ClockService extends ServiceClient<ClockTypes> {
  constructor(realtime: Realtime) {
    super(realtime, clock);
  }

  face(clock_id: string): Observable<{ at: number }> {
    return this.room(clock_id).fold((_before, { payload }) => payload);
  }

  wind(clock_id: string) {
    return this.call('wind', { clock_id });
  }
}

/** What a page finds that uses our client, rxjs and socket.io-client itself. */
export interface Found {
  oneRxjs: boolean;
  at: number;
}

/** Follows a clock that is wound once. */
export async function follow(url: string): Promise<Found> {
  const own = io(url, { autoConnect: false });
  const realtime = new Realtime({ url, wire: 'socketio' });
  try {
    const clocks = new ClockService(realtime);
    const face = clocks.face('tower');
    const oneRxjs = face instanceof Observable;
    const first = await firstValueFrom(face);
    const next = firstValueFrom(face.pipe(skipWhile(({ at }) => at <= first.at)));
    await clocks.wind('tower');
    return { oneRxjs, at: (await next).at };
  } finally {
    realtime.close();
    own.close();
  }
}
