import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { hostUpgrade, RealtimeModule, useSwitchyard } from '@switchyard/server';
import { server as old } from './server.js';

const app = await NestFactory.create(
  RealtimeModule.forRoot({ authenticate: async () => undefined, allowedOrigins: [] }),
  { logger: ['error', 'warn'] },
);
useSwitchyard(app);
app.use((req, res) => old.emit('request', req, res));
hostUpgrade(app, process.env.OLD_PATH, old);
app.getHttpServer().on('upgrade', (...args) => old.emit('upgrade', ...args));
await app.listen(process.env.REALTIME_PORT || 0, '127.0.0.1');
console.log(`serving on ${app.getHttpServer().address().port}`);
