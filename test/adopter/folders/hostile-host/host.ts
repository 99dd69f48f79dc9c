import 'reflect-metadata';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Module, ValidationPipe, VersioningType, type INestApplication } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR, HttpAdapterHost, NestFactory } from '@nestjs/core';
import { EnvelopeInterceptor, EverythingFilter, TenantGuard } from './host.globals.js';
import { LiveGateway } from './live.gateway.js';
import { attachWebSockets, listenForUpgrades } from './own.sockets.js';
import { ThingsController } from './things.controller.js';

/** How the host opens sockets: it has its own `upgrade` listener and Socket.IO, or a server of ws, which allows neither. */
type Sockets = 'listener' | 'ws';
const [platform = 'express', realtime = 'without'] = process.argv.slice(2);

async function adapted() {
  if (platform === 'fastify') {
    const { FastifyAdapter } = await import('@nestjs/platform-fastify');
    return new FastifyAdapter();
  }
  const { ExpressAdapter } = await import('@nestjs/platform-express');
  return new ExpressAdapter();
}

async function useHelmet(app: INestApplication): Promise<void> {
  if (platform === 'fastify') {
    const { default: helmet } = await import('@fastify/helmet');
    await (app as unknown as { register(plugin: unknown): Promise<void> }).register(helmet);
  } else {
    const { default: helmet } = await import('helmet');
    app.use(helmet());
  }
}

async function startHost(sockets: Sockets): Promise<number> {
  const added = realtime === 'with' ? await import('./realtime.js') : undefined;

  @Module({
    imports: added?.realtimeImports() ?? [],
    controllers: [ThingsController],
    providers: [
      { provide: APP_INTERCEPTOR, useClass: EnvelopeInterceptor },
      { provide: APP_GUARD, useClass: TenantGuard },
      ...(sockets === 'listener' ? [LiveGateway] : []),
      ...(added?.realtimeProviders ?? []),
    ],
  })
  class HostModule {}

  const app: INestApplication = await NestFactory.create(HostModule, await adapted(), { logger: ['error', 'warn'] });
  app.setGlobalPrefix('api');
  app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
  await useHelmet(app);
  app.enableCors({ origin: ['https://pages.host.example'], credentials: true, exposedHeaders: ['X-Page'] });
  app.useGlobalFilters(new EverythingFilter(app.get(HttpAdapterHost)));
  app.useGlobalPipes(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true }));
  added?.useRealtime(app);
  const server = app.getHttpServer() as Server;
  if (sockets === 'listener') listenForUpgrades(server);
  else attachWebSockets(server);
  await app.listen(0, '127.0.0.1');
  return (server.address() as AddressInfo).port;
}

void Promise.all([startHost('listener'), startHost('ws')]).then(
  ([listener, ws]) => process.send?.({ ports: { listener, ws } }),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
