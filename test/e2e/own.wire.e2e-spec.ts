import type { RealtimeConfig } from '@switchyard/contract';
import { Stages, type ServiceRuntime, type Wire } from '@switchyard/server';
import { openWs } from '../harness/clients.js';
import { relay } from '../toys/relay.wire.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

describe('a wire of the application, which several services share', () => {
  let toys: ToyApp;
  beforeEach(async () => {
    toys = await startToys({ wires: [relay] });
    toys.board.open('b');
  });
  afterEach(() => toys.close());

  const open = async (...rooms: { service: string; key: string }[]) => {
    const ws = await openWs(toys.url, '/relay').opened();
    for (const room of rooms) {
      ws.send(room);
      expect(await ws.nextJson()).toEqual({ joined: expect.any(String) });
    }
    return ws;
  };

  it('carries events of each service, encoded once, and is named in the configuration', async () => {
    const [ws, other] = await Promise.all([
      open({ service: 'board', key: 'b' }, { service: 'shelf', key: 'all' }),
      open({ service: 'board', key: 'b' }),
    ]);
    await toys.board.post({ board_id: 'b', text: 'hello' });
    await toys.shelf.put({ id: 'i', title: 'an item' });
    expect(await ws.nextJson()).toMatchObject({ service: 'board', event: 'note', room: 'board_b', offset: 1 });
    expect(await ws.nextJson()).toMatchObject({ service: 'shelf', event: 'item_put', payload: { id: 'i' } });
    expect(await other.nextJson()).toMatchObject({ service: 'board', payload: { text: 'hello' } });
    const config = (await (await fetch(`${toys.url}/realtime/config`)).json()) as RealtimeConfig;
    expect(config.services.board!.wires).toMatchObject({ relay: '/relay', socketio: '/board' });
  });

  it('is governed by the stage of each service', async () => {
    await toys.get(Stages).change('board', { stage: 'retired', force: true, reason: 'a test' }, 'test');
    const ws = await open({ service: 'shelf', key: 'all' });
    ws.send({ service: 'board', key: 'b' });
    expect(await ws.nextJson()).toEqual({ refused: 'board', code: 'service.retired' });
    await toys.shelf.put({ id: 'i', title: 'an item' });
    expect(await ws.nextJson()).toMatchObject({ service: 'shelf', event: 'item_put' });
  });

  it('is drained with the others', async () => {
    const ws = await open({ service: 'board', key: 'b' });
    await toys.close();
    expect(await ws.nextJson()).toMatchObject({ event: 'service_draining' });
    expect((await ws.closed()).code).toBe(1012);
  });
});

describe('a wire that fails', () => {
  const fail = () => {
    throw new Error('broken');
  };
  const rooms = {
    name: 'broken',
    connections: fail,
    deliver: fail,
    send: () => false,
    missesHoles: () => false,
    restart: fail,
    drop: () => undefined,
  };

  class BrokenWire implements Wire {
    readonly name = 'broken';
    readonly broadcast = fail;
    readonly close = fail;
    serve(services: readonly ServiceRuntime[]): void {
      for (const { wires } of services) wires.add(rooms);
    }
    path = () => undefined;
    connections = () => [];
  }

  it('keeps no other wire from an event or from the drain', async () => {
    const toys = await startToys({ wires: [{ type: BrokenWire }] });
    toys.board.open('b');
    const ws = await openWs(toys.url, '/api/boards/b/ws?switchyard=1').opened();
    await ws.waitFor((frame) => frame.includes('joined'));
    await toys.board.post({ board_id: 'b', text: 'hello' });
    await ws.waitFor((frame) => frame.includes('hello'));
    await toys.close();
    await ws.waitFor((frame) => frame.includes('service_draining'));
    expect((await ws.closed()).code).toBe(1012);
  });
});
