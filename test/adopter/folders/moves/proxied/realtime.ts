import 'reflect-metadata';
import { request } from 'node:http';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { hostUpgrade, proxyTo, RealtimeModule, useSwitchyard } from '@switchyard/server';
import { TelemetryGateway } from './telemetry.service.js';

const OLD = process.env.OLD_URL;

@Module({
  imports: [
    RealtimeModule.forRoot({
      authenticate: async () => undefined,
      allowedOrigins: [],
      adminToken: process.env.ADMIN_TOKEN,
    }),
  ],
  providers: [TelemetryGateway],
})
class AppModule {}

async function main() {
  const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
  useSwitchyard(app);
  hostUpgrade(app, '/devices/:device', proxyTo(OLD), { service: 'telemetry' });
  // The gateway measures over HTTP, at the same address.
  app.use('/measure', ({ method, headers, originalUrl }, res) =>
    request(OLD + originalUrl, { method, headers }, (answer) => answer.pipe(res)).end(),
  );
  await app.listen(process.env.REALTIME_PORT || 0, '127.0.0.1');
  console.log(`serving on ${app.getHttpServer().address().port}`);
}
main();
