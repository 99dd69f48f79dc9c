import { defineService, type ErrorBody, type RequestId, type TopicCodec, type TopicSocket } from '@switchyard/contract';
import { BaseRoomService, Call, ServiceGateway, topics } from '@switchyard/server';
import { IsNumber, IsString } from 'class-validator';
import devices from './devices.js';

interface Device {
  id: string;
  rev: number;
  value: number;
}
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

interface Request {
  jsonrpc?: string;
  method?: unknown;
  params?: { id?: unknown };
  id?: RequestId;
}
type Id = RequestId | undefined;
/** The answer under an id; none to a notification. */
const answer = (id: Id, body: object) => (id === undefined ? [] : [{ jsonrpc: '2.0', ...body, id }]);
const failed = (id: Id, code: number, message: string, data?: object) => answer(id, { error: { code, message, data } });
const invalid = failed(null, -32600, 'Invalid Request')[0];
function refused(id: Id, { code }: ErrorBody, name?: string) {
  if (code === 'room.not_found' || code === 'topic.unknown') return failed(id, -32004, 'No such device', { id: name });
  return code === 'input.invalid' ? failed(id, -32602, 'Invalid params') : failed(id, -32601, 'Method not found');
}

const socket: TopicSocket = {
  path: '/rpc',
  protocols: ['jsonrpc-2.0'],
  maxBatch: 100,
  unreadable: ({ isJson }) => (isJson ? undefined : { frames: failed(null, -32700, 'Parse error') }),
  requestId: (frame) => (frame as Request).id,
  decode(frame) {
    const { jsonrpc, method, params } = frame as Request;
    if (jsonrpc !== '2.0' || typeof method !== 'string') return { kind: 'answer', frame: invalid };
    if (method === 'device.subscribe') return { kind: 'subscribe', topics: [params?.id] };
    if (method === 'device.unsubscribe') return { kind: 'unsubscribe', topics: [params?.id] };
    return { kind: 'call', frame };
  },
  encodeUnsubscribed: ([{ wasSubscribed }], { request_id }) => answer(request_id, { result: wasSubscribed }),
  encodeError: (error, { request_id, topic }) =>
    error.code === 'input.invalid' ? invalid : refused(request_id, error, topic)[0],
};
const codec: TopicCodec<DeviceTypes> = {
  socket,
  keyOf: (topic) => topic,
  topicOf: (key) => key,
  encodeSnapshot: (result, { request_id }) => answer(request_id, { result }),
  encodeEvent: ({ payload }) => ({ jsonrpc: '2.0', method: 'device.changed', params: payload }),
  decodeCall(frame) {
    const { method, params } = frame as Request;
    const [, call] = /^device\.(list|get|set)$/.exec(String(method)) ?? [];
    return call ? { call: call as 'get', payload: (params ?? {}) as Named } : undefined;
  },
  encodeReply: ({ payload }, reply, { request_id }) =>
    (reply.ok
      ? answer(request_id, { result: reply.data })
      : refused(request_id, reply.error, (payload as Named).id))[0],
};

@ServiceGateway(device, { wires: [topics(codec)] })
export class DeviceGateway extends BaseRoomService<typeof device> {
  private told: Promise<unknown> = Promise.resolve();

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
