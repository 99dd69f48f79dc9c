import { defineService } from '@switchyard/contract';
import { BaseRoomService, ServiceGateway } from '@switchyard/server';

interface ClockTypes {
  room: { clock_id: string };
  calls: Record<never, never>;
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
  calls: {},
  events: { tick: {} },
});

/** The host's first service on the framework. */
@ServiceGateway(clock)
export class ClockGateway extends BaseRoomService<typeof clock> {
  override snapshot() {
    return { at: 0 };
  }

  tick(clock_id: string, at: number) {
    return this.publish(clock_id, 'tick', { at });
  }
}
