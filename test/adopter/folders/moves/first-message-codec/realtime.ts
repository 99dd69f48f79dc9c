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

const { ADMIN_TOKEN: adminToken, REALTIME_PORT: port = 0 } = process.env;
const realtime = RealtimeModule.forRoot({ authenticate, allowedOrigins: [], adminToken, providers: [DeskGateway] });

NestFactory.create(realtime, { logger: ['error', 'warn'] }).then(async (app) => {
  hostServer(app, old);
  await app.listen(port, '127.0.0.1');
});
