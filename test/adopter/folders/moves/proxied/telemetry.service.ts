import { defineService } from '@switchyard/contract';
import { BaseRoomService, ServiceGateway } from '@switchyard/server';

const telemetry = defineService()({
  name: 'telemetry',
  kind: 'log',
  room: { prefix: 'device', key: 'device' },
  join: 'follow',
  leave: 'unfollow',
  snapshot: 'hello',
  calls: {},
  events: {},
});

@ServiceGateway(telemetry)
export class TelemetryGateway extends BaseRoomService<typeof telemetry> {}
