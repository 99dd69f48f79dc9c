import 'reflect-metadata';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { RealtimeModule, useSwitchyard } from '@switchyard/server';
import { ClockGateway } from './clock.gateway.js';

@Module({
  imports: [
    RealtimeModule.forRoot({
      authenticate: ({ token }) => Promise.resolve(token === undefined ? undefined : { id: token }),
      allowedOrigins: ['http://localhost:*'],
      flagsFile: process.env['FLAGS'],
    }),
  ],
  providers: [ClockGateway],
})
class AppModule {}

/** Starts the application on the named HTTP adapter. */
export async function startServer(platform: string): Promise<{ app: INestApplication; url: string }> {
  const adapter =
    platform === 'fastify'
      ? new (await import('@nestjs/platform-fastify')).FastifyAdapter()
      : new (await import('@nestjs/platform-express')).ExpressAdapter();
  const app: INestApplication = await NestFactory.create(AppModule, adapter, { logger: ['error', 'warn'] });
  useSwitchyard(app);
  await app.listen(0, '127.0.0.1');
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
  return { app, url: `http://127.0.0.1:${port}` };
}
