import { defineService, jsonRpcRequests, requestTopics } from '@switchyard/contract';
import { BaseRoomService, Call, ServiceGateway, topics } from '@switchyard/server';
import { IsNumber, IsString } from 'class-validator';
import devices from './devices.js';

type Device = { id: string; rev: number; value: number };
class Nothing {}
class Named {
  @IsString() id: string;
}
class Setting extends Named {
  @IsNumber() value: number;
}
interface DeviceTypes {
  room: { id: string };
  calls: {
    list: { payload: Nothing; reply: string[] };
    get: { payload: Named; reply: Device };
    set: { payload: Setting; reply: { rev: number } };
  };
  events: { changed: Device };
  snapshot: Device;
}
export const device = defineService<DeviceTypes>()({
  name: 'device',
  kind: 'log',
  room: { prefix: 'device', key: 'id' },
  calls: { list: {}, get: {}, set: {} },
  events: { changed: {} },
});

const codec = requestTopics(device, {
  path: '/rpc',
  protocols: ['jsonrpc-2.0'],
  ...jsonRpcRequests(({ code }, { topic: id }) =>
    code === 'room.not_found' ? { code: -32004, message: 'No such device', data: { id } } : undefined,
  ),
  subscribe: 'device.subscribe',
  unsubscribe: 'device.unsubscribe',
  unsubscribed: (wasSubscribed) => wasSubscribed,
  calls: { list: 'device.list', get: 'device.get', set: 'device.set' },
  encodeEvent: ({ payload }) => ({ jsonrpc: '2.0', method: 'device.changed', params: payload }),
});

@ServiceGateway(device, { wires: [topics(codec)] })
export class DeviceGateway extends BaseRoomService<typeof device> {
  private told?: Promise<unknown>;

  constructor() {
    super();
    devices.on('changed', (change: Device) => (this.told = this.publish(change.id, 'changed', change)));
  }

  override snapshot(id: string): Device | undefined {
    return devices.all.get(id);
  }

  @Call('list')
  list(_: Nothing): string[] {
    return [...devices.all.keys()].filter((id) => id !== 'load');
  }

  @Call('get')
  get({ id }: Named): Device {
    return this.known(this.snapshot(id));
  }

  @Call('set')
  async set({ id, value }: Setting) {
    this.get({ id });
    const rev: number = devices.set(id, value);
    // The notification comes before the answer.
    await this.told;
    return { rev };
  }
}
