import { defineService } from '@switchyard/contract';

export interface Measurement {
  seq: number;
  value: number;
}
export interface TelemetryTypes {
  room: { device: string };
  calls: Record<never, never>;
  events: { measurement: Measurement };
  snapshot: { last: Measurement | null };
}

export const telemetry = defineService<TelemetryTypes>()({
  name: 'telemetry',
  kind: 'log',
  room: { prefix: 'device', key: 'device' },
  join: 'join_device',
  leave: 'leave_device',
  snapshot: 'hello',
  calls: {},
  events: { measurement: {} },
});
