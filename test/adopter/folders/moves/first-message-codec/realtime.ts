import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Fault } from '@switchyard/contract';
import { hostServer, RealtimeModule } from '@switchyard/server';
import desks from './desk.js';
import { DeskGateway } from './desk.service.js';
import old from './server.js';

async function authenticate({ token }: { token?: string }) {
  const id = desks.userOf(token);
  if (!id) throw new Fault('auth.invalid');
  return { id };
}

@Module({
  imports: [RealtimeModule.forRoot({ authenticate, allowedOrigins: [], adminToken: process.env.ADMIN_TOKEN })],
  providers: [DeskGateway],
})
class AppModule {}

NestFactory.create(AppModule, { logger: ['error', 'warn'] }).then(async (app) => {
  hostServer(app, old);
  await app.listen(process.env.REALTIME_PORT, '127.0.0.1');
});
