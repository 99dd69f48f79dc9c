import { Fault, defineService, type ContractCall, type MultiplexCodec } from '@switchyard/contract';
import { BaseRoomService, Call, ServiceGateway, multiplex } from '@switchyard/server';
import { IsString, Length } from 'class-validator';
import { openWs } from '../harness/clients.js';
import { until } from '../harness/until.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

class Switch {
  @IsString()
  @Length(1, 20)
  lamp_id: string;
}
class NewLamp {}

interface LampTypes {
  room: { lamp_id: string };
  calls: {
    new_lamp: { payload: NewLamp; reply: { lamp_id: string } };
    flip: { payload: Switch; reply: { on: boolean } };
  };
  events: { flipped: { on: boolean } };
  snapshot: { on: boolean };
}

const lamps = defineService<LampTypes>()({
  name: 'lamps',
  kind: 'log',
  room: { prefix: 'lamp', key: 'lamp_id' },
  join: 'join_lamp',
  leave: 'leave_lamp',
  snapshot: 'lamp_state',
  calls: { new_lamp: {}, flip: {} },
  events: { flipped: {} },
});

const flip = (lamp_id: string): ContractCall<LampTypes> => ({ call: 'flip', payload: { lamp_id } });

/** One socket for all lamps: `{lamp?}` flips one, a new one when none is named. */
const lampSocket: MultiplexCodec<LampTypes> = {
  path: '/lamps',
  heartbeat: { every_ms: 20, frame: () => ({ beat: true }) },
  correlationOf: (frame) => (frame as { id?: string }).id,
  decode(frame) {
    const { lamp, hello } = frame as { lamp?: string; hello?: string };
    if (hello !== undefined) return { kind: 'answer', frame: { hello } };
    if (lamp === 'unspeakable') throw new Fault('input.invalid');
    if (lamp !== undefined) return { kind: 'call', key: lamp, call: flip(lamp) };
    return { kind: 'open', open: { call: 'new_lamp', payload: {} }, call: flip };
  },
  encodeEvent({ payload }, { key }) {
    if (key === 'poison') throw new Error('no word for it');
    return { lamp: key, on: payload.on };
  },
  encodeError: ({ code }, { correlation_id }) => ({ code, id: correlation_id }),
};

@ServiceGateway(lamps, { wires: [multiplex(lampSocket)] })
class LampGateway extends BaseRoomService<typeof lamps> {
  readonly lamps = new Map<string, boolean>([
    ['a', false],
    ['poison', false],
  ]);

  override snapshot(key: string) {
    const on = this.lamps.get(key);
    return on === undefined ? undefined : { on };
  }

  @Call('new_lamp')
  create(_nothing: NewLamp) {
    const lamp_id = `lamp-${this.lamps.size}`;
    this.lamps.set(lamp_id, false);
    return { lamp_id };
  }

  @Call('flip')
  async flip({ lamp_id }: Switch) {
    const on = !this.known(this.lamps.get(lamp_id));
    this.lamps.set(lamp_id, on);
    await this.commit(lamp_id, 'flipped', { on });
    return { on };
  }

  async present(key: string) {
    return (await this.members(key)).map(({ id }) => id);
  }

  tell(memberId: string, key: string, on: boolean) {
    return this.send(memberId, key, 'flipped', { on });
  }

  putOut(memberId: string, key: string) {
    return this.evict(memberId, key);
  }
}

describe('an old socket that carries many rooms', () => {
  let toys: ToyApp;
  let gateway: LampGateway;
  beforeAll(async () => {
    toys = await startToys({ providers: [LampGateway] });
    gateway = toys.get(LampGateway);
  });
  afterAll(() => toys.close());

  const connect = () => openWs(toys.url, '/lamps').opened();
  const next = async (ws: Awaited<ReturnType<typeof connect>>) =>
    JSON.parse(await ws.waitFor((text) => text !== '{"beat":true}')) as object;

  it('sends heartbeats, and answers frames about the connection', async () => {
    const ws = await connect();
    await ws.waitFor((text) => text === '{"beat":true}');
    ws.send({ hello: 'there' });
    expect(await next(ws)).toEqual({ hello: 'there' });
  });

  it('makes a socket a member of each room that it names or opens', async () => {
    const [ws, witness] = [await connect(), await connect()];
    ws.send({ lamp: 'a' });
    expect(await next(ws)).toEqual({ lamp: 'a', on: true });
    ws.send({});
    const opened = (await next(ws)) as { lamp: string };
    expect(opened).toEqual({ lamp: expect.stringContaining('lamp-'), on: true });
    witness.send({ lamp: opened.lamp });
    for (const socket of [ws, witness]) expect(await next(socket)).toEqual({ ...opened, on: false });
  });

  it('sends to one member, and evicts one', async () => {
    const ws = await connect();
    const before = await gateway.present('a');
    ws.send({ lamp: 'a' });
    await next(ws);
    const [member] = (await gateway.present('a')).filter((id) => !before.includes(id));
    expect(await gateway.tell(member!, 'a', true)).toBe(true);
    expect(await next(ws)).toEqual({ lamp: 'a', on: true });
    await gateway.putOut(member!, 'a');
    expect(await gateway.tell(member!, 'a', true)).toBe(false);
    await gateway.flip({ lamp_id: 'a' });
    ws.send({ hello: 'nothing came' });
    expect(await next(ws)).toEqual({ hello: 'nothing came' });
    // It may join again.
    ws.send({ lamp: 'a' });
    expect(await next(ws)).toMatchObject({ lamp: 'a' });
  });

  it('refuses with the id of the frame, at any step', async () => {
    const ws = await connect();
    ws.send({ lamp: 'unspeakable', id: '1' });
    expect(await next(ws)).toEqual({ code: 'input.invalid', id: '1' });
    ws.send({ lamp: 'b', id: '2' });
    expect(await next(ws)).toEqual({ code: 'room.not_found', id: '2' });
    ws.send('{');
    expect(await next(ws)).toEqual({ code: 'input.invalid' });
  });

  it('continues with its other rooms when a codec fails on an event', async () => {
    const ws = await connect();
    ws.send({ lamp: 'poison' });
    ws.send({ lamp: 'a' });
    expect(await next(ws)).toMatchObject({ lamp: 'a' });
  });

  it('leaves every room when it closes', async () => {
    const ws = await connect();
    const before = await gateway.present('a');
    ws.send({ lamp: 'a' });
    await next(ws);
    const [member] = (await gateway.present('a')).filter((id) => !before.includes(id));
    expect(member).toBeDefined();
    await ws.close();
    await until('the member gone', async () => !(await gateway.present('a')).includes(member!));
  });

  it('closes a socket that sends more than the server reads at once', async () => {
    const ws = await connect();
    ws.send('a'.repeat(1_000_001));
    expect((await ws.closed()).code).toBe(1009);
  });
});
