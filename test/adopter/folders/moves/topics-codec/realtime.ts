import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { hostServer, RealtimeModule } from '@switchyard/server';
import { NewsGateway, PricesGateway } from './feeds.services.js';
import { server as old } from './server.js';

const authenticate = async () => undefined;

@Module({
  imports: [RealtimeModule.forRoot({ authenticate, allowedOrigins: [], adminToken: process.env.ADMIN_TOKEN })],
  providers: [NewsGateway, PricesGateway],
})
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
hostServer(app, old);
await app.listen(Number(process.env.REALTIME_PORT), '127.0.0.1');
