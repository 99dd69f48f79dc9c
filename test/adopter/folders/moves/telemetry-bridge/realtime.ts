import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Fault } from '@switchyard/contract';
import { RealtimeModule, useSwitchyard } from '@switchyard/server';
import { TelemetryGateway } from './telemetry.gateway.js';

async function authenticate({ token }: { token?: string }) {
  if (token !== 'field') throw new Fault('auth.required');
  return { id: token };
}

@Module({
  imports: [RealtimeModule.forRoot({ authenticate, allowedOrigins: [], maxConnectionsPerUser: 0 })],
  providers: [TelemetryGateway],
})
class AppModule {}

async function main() {
  const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
  useSwitchyard(app);
  await app.listen(process.env.REALTIME_PORT || 0, '127.0.0.1');
  console.log(`serving on ${app.getHttpServer().address().port}`);
}
main();
