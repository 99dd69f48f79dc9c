import 'reflect-metadata';
import { Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { RealtimeModule, useSwitchyard } from '@switchyard/server';
import { io, type Socket } from 'socket.io-client';
import { BoardGateway } from '../toys/board.toy.js';
import { TOY_OPTIONS } from '../toys/toy.app.js';

@WebSocketGateway({ namespace: '/lobby' })
class LobbyGateway {}

@WebSocketGateway({ namespace: '/lobby', cors: { origin: '*' }, pingInterval: 1000 })
class OpenGateway {
  @SubscribeMessage('echo')
  echo(@MessageBody() text: string) {
    return text;
  }
}

@WebSocketGateway({ path: '/ws/raw', maxHttpBufferSize: undefined })
class RawGateway {}

/** Starts an application with a gateway of its own; resolves with the reason why it cannot, if so. */
async function refusalOf(gateway: Type, isAdapted = true): Promise<string | undefined> {
  @Module({
    imports: [RealtimeModule.forRootAsync({ useFactory: () => TOY_OPTIONS })],
    providers: [BoardGateway, gateway],
  })
  class HostModule {}
  const app = await NestFactory.create(HostModule, { logger: false });
  if (isAdapted) useSwitchyard(app);
  try {
    await app.listen(0, '127.0.0.1');
    return undefined;
  } catch (error) {
    return (error as Error).message;
  } finally {
    await app.close();
  }
}

describe('an application with gateways of its own', () => {
  it('keeps their own server and its options, when the framework has another path', async () => {
    @Module({
      imports: [RealtimeModule.forRoot({ ...TOY_OPTIONS, socketio: { path: '/live' } })],
      providers: [BoardGateway, OpenGateway],
    })
    class HostModule {}
    const app = await NestFactory.create(HostModule, { logger: false });
    useSwitchyard(app);
    await app.listen(0, '127.0.0.1');
    const url = await app.getUrl();
    const sockets: Socket[] = [];
    const connect = async (namespace: string, path: string) => {
      const socket = io(`${url}${namespace}`, { path, transports: ['websocket'], reconnection: false, forceNew: true });
      sockets.push(socket);
      await new Promise((resolve, reject) => socket.once('connect', () => resolve(null)).once('connect_error', reject));
      return socket;
    };
    try {
      const headers = { origin: 'https://any.example' };
      const asked = await fetch(`${url}/socket.io/?EIO=4&transport=polling`, { headers });
      expect(asked.headers.get('access-control-allow-origin')).toBe('*');
      expect(JSON.parse((await asked.text()).slice(1))).toMatchObject({ pingInterval: 1000 });
      expect((await fetch(`${url}/live/?EIO=4&transport=polling`, { headers })).status).toBe(403);
      const lobby = await connect('/lobby', '/socket.io');
      expect(await lobby.timeout(5000).emitWithAck('echo', 'hello')).toBe('hello');
      const board = await connect('/board', '/live');
      app.get(BoardGateway).open('b');
      expect(await board.timeout(5000).emitWithAck('join_board', { board_id: 'b' })).toMatchObject({ ok: true });
      await expect(connect('/board', '/socket.io')).rejects.toThrow('Invalid namespace');
    } finally {
      for (const socket of sockets) socket.close();
      await app.close();
    }
  });

  it('starts with a namespace that shares the server', async () => {
    expect(await refusalOf(LobbyGateway)).toBeUndefined();
  });

  it('starts with a raw gateway', async () => {
    expect(await refusalOf(RawGateway)).toBeUndefined();
  });

  it('is refused when a gateway would lose its own origins and pings', async () => {
    expect(await refusalOf(OpenGateway)).toMatch(
      /^unable to serve the gateway OpenGateway with its own cors, pingInterval; .*allowedOrigins/,
    );
  });

  it('is refused without the adapter that all sockets share', async () => {
    expect(await refusalOf(RawGateway, false)).toMatch(
      /^unable to serve the gateway RawGateway; call useSwitchyard\(app\)/,
    );
  });
});
