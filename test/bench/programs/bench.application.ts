import 'reflect-metadata';
import type { Server as HttpServer } from 'node:http';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { BaseRoomService, Call, RealtimeModule, ServiceGateway, legacy, useSwitchyard } from '@switchyard/server';
import { openRedisStore } from '@switchyard/store-redis';
import type { Server } from 'socket.io';
import { SocketIoHost } from '../../../libs/server/src/socketio/socketio.host.js';
import { bench, ROOM_KEY } from '../service/bench.contract.js';
import { post, tick } from '../service/bench.domain.js';
import { Post } from '../service/bench.dto.js';
import { personalLegacy, sharedLegacy } from '../service/bench.legacy.js';
import { measured } from './measured.server.js';
import { SETTINGS } from './settings.js';

/** Limits that are counted but never reached, so that the measured path is the normal one. */
const NEVER_REACHED = { limit: 100_000_000, window_ms: 60_000 };

/** Serves the bench's service on Switchyard with validation, authorization and a log, in Redis if `REDIS_URL` is set. */
export async function serveBench(contract: typeof bench): Promise<void> {
  @ServiceGateway(contract, { wires: [legacy(sharedLegacy), legacy(personalLegacy)] })
  class BenchGateway extends BaseRoomService<typeof bench> {
    override snapshot(room_id: string) {
      return { room_id };
    }

    @Call('post')
    post(payload: Post) {
      return post(payload);
    }

    tick() {
      return this.publish(ROOM_KEY, 'tick', tick(ROOM_KEY));
    }
  }

  const { REDIS_URL: url } = process.env;
  const realtime = RealtimeModule.forRootAsync({
    useFactory: () => ({
      authenticate: () => Promise.resolve(undefined),
      allowedOrigins: [],
      pingIntervalMs: SETTINGS.pingInterval,
      pingTimeoutMs: SETTINGS.pingTimeout,
      maxHttpBufferSize: SETTINGS.maxHttpBufferSize,
      callRate: NEVER_REACHED,
      joinRate: NEVER_REACHED,
      ...(url && { openStore: () => openRedisStore({ url }) }),
    }),
  });

  @Module({ imports: [realtime], providers: [BenchGateway] })
  class BenchModule {}

  const app = await NestFactory.create(BenchModule, { logger: ['error'] });
  useSwitchyard(app);
  await app.listen(0, '127.0.0.1');
  const gateway = app.get(BenchGateway);
  const { engine }: Server = app.get(SocketIoHost).server;
  const http = app.getHttpServer() as HttpServer;
  measured({ http, connections: () => engine.clientsCount, publish: () => gateway.tick() });
}
