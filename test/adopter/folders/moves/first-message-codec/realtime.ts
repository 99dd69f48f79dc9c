import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Fault } from '@switchyard/contract';
import { RealtimeModule, useSwitchyard } from '@switchyard/server';
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

async function main() {
  const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
  useSwitchyard(app);
  app.use((req, res) => old.emit('request', req, res));
  old.listeners('upgrade').forEach((listener) => app.getHttpServer().on('upgrade', listener));
  await app.listen(process.env.REALTIME_PORT || 0, '127.0.0.1');
  console.log(`serving on ${app.getHttpServer().address().port}`);
}
main();
