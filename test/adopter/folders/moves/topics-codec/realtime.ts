import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { RealtimeModule, useSwitchyard } from '@switchyard/server';
import { NewsGateway, PricesGateway } from './feeds.services.js';
import { server as old } from './server.js';

const authenticate = async () => undefined;

@Module({
  imports: [RealtimeModule.forRoot({ authenticate, allowedOrigins: [], adminToken: process.env.ADMIN_TOKEN })],
  providers: [NewsGateway, PricesGateway],
})
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
useSwitchyard(app);
app.use((req, res) => old.emit('request', req, res));
old.listeners('upgrade').forEach((listener) => app.getHttpServer().on('upgrade', listener));
await app.listen(process.env.REALTIME_PORT || 0, '127.0.0.1');
console.log(`serving on ${app.getHttpServer().address().port}`);
