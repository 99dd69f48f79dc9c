import 'reflect-metadata';
import type { Server as HttpServer } from 'node:http';
import { Module, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { ConnectedSocket, MessageBody, SubscribeMessage, WebSocketGateway, WebSocketServer } from '@nestjs/websockets';
import { roomName, type Reply } from '@switchyard/contract';
import type { Namespace, Socket } from 'socket.io';
import { bench, ROOM_KEY, type Posted } from '../service/bench.contract.js';
import { post, tick } from '../service/bench.domain.js';
import { Join, Post } from '../service/bench.dto.js';
import { measured } from './measured.server.js';
import { SETTINGS } from './settings.js';

const room = roomName(bench, ROOM_KEY);

/** The service as a plain Nest gateway. */
@WebSocketGateway({ namespace: bench.namespace, ...SETTINGS })
class PlainGateway {
  @WebSocketServer() readonly namespace: Namespace;

  @SubscribeMessage('join_bench')
  async join(@ConnectedSocket() socket: Socket, @MessageBody() { room_id }: Join): Promise<Reply<object>> {
    await socket.join(roomName(bench, room_id));
    return { ok: true, data: { room: roomName(bench, room_id) } };
  }

  @SubscribeMessage('post')
  post(@MessageBody() payload: Post): Reply<Posted> {
    return { ok: true, data: post(payload) };
  }

  publish(): void {
    this.namespace.to(room).emit('tick', tick(ROOM_KEY));
  }
}

@Module({ providers: [PlainGateway] })
class PlainModule {}

async function main(): Promise<void> {
  const app = await NestFactory.create(PlainModule, { logger: ['error'] });
  app.useWebSocketAdapter(new IoAdapter(app));
  app.useGlobalPipes(new ValidationPipe({ transform: true, whitelist: true }));
  await app.listen(0, '127.0.0.1');
  const gateway = app.get(PlainGateway);
  const http = app.getHttpServer() as HttpServer;
  const { engine } = gateway.namespace.server;
  measured({ http, connections: () => engine.clientsCount, publish: () => gateway.publish() });
}

void main();
