import 'reflect-metadata';
import { Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { WebSocketGateway } from '@nestjs/websockets';
import { RealtimeModule, useSwitchyard } from '@switchyard/server';
import { BoardGateway } from '../toys/board.toy.js';
import { TOY_OPTIONS } from '../toys/toy.app.js';

@WebSocketGateway({ namespace: '/lobby' })
class LobbyGateway {}

@WebSocketGateway({ namespace: '/lobby', cors: { origin: '*' }, pingInterval: 1000 })
class OpenGateway {}

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
