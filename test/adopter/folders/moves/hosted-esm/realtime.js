import { NestFactory } from '@nestjs/core';
import { hostServer, RealtimeModule } from '@switchyard/server';
import { server as old } from './server.js';

const realtime = RealtimeModule.forRoot({ authenticate: async () => undefined, allowedOrigins: [] });
const app = await NestFactory.create(realtime, { logger: ['error', 'warn'] });
hostServer(app, old, { path: process.env.OLD_PATH });
await app.listen(process.env.REALTIME_PORT, '127.0.0.1');
