import { defineService } from '@switchyard/contract';

export interface ClockTypes {
  room: { clock_id: string };
  calls: { wind: { payload: { clock_id: string }; reply: { wound: boolean } } };
  events: { tick: { at: number } };
  snapshot: { at: number };
}

export const clock = defineService<ClockTypes>()({
  name: 'clock',
  kind: 'log',
  room: { prefix: 'clock', key: 'clock_id' },
  join: 'join_clock',
  leave: 'leave_clock',
  snapshot: 'clock_state',
  calls: { wind: {} },
  events: { tick: {} },
});
