import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { hostServer, RealtimeModule } from '@switchyard/server';
import { DeviceGateway } from './device.service.js';
import old from './server.js';

const authenticate = async () => undefined;

@Module({
  imports: [RealtimeModule.forRoot({ authenticate, allowedOrigins: [], adminToken: process.env.ADMIN_TOKEN })],
  providers: [DeviceGateway],
})
class AppModule {}

NestFactory.create(AppModule, { logger: ['error', 'warn'] }).then(async (app) => {
  hostServer(app, old);
  await app.listen(process.env.REALTIME_PORT, '127.0.0.1');
});
