import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { Module, type Provider, type Type } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { NestFactory } from '@nestjs/core';
import {
  RealtimeModule,
  useSwitchyard,
  type GatewayOptions,
  type HttpOptions,
  type RealtimeOptions,
  type WirePlugin,
} from '@switchyard/server';
import { ADMIN_TOKEN } from '../harness/admin.token.js';
import { BoardGateway } from './board.toy.js';
import { MeterGateway } from './meter.toy.js';
import { ShelfGateway } from './shelf.toy.js';

/** A running application of the toy services. */
export interface ToyApp {
  app: NestExpressApplication;
  port: number;
  url: string;
  board: BoardGateway;
  meter: MeterGateway;
  shelf: ShelfGateway;
  get<T>(type: Type<T>): T;
  close(): Promise<void>;
}

/** The settings of the toy application, without limits. */
export const TOY_OPTIONS: RealtimeOptions = {
  authenticate: ({ token }) => Promise.resolve(token === undefined ? undefined : { id: token }),
  allowedOrigins: ['http://localhost:*'],
  callRate: { limit: 0, window_ms: 60_000 },
  joinRate: { limit: 0, window_ms: 60_000 },
  maxConnectionsPerUser: 0,
  adminToken: ADMIN_TOKEN,
};

/** The options of the toy application. */
export interface ToyOptions extends Partial<RealtimeOptions> {
  /** The port to listen on; a free one when undefined. */
  port?: number;
  providers?: Provider[];
  /** Additional wires of the application. */
  wires?: readonly WirePlugin[];
  /** Where the HTTP routes are served. */
  http?: HttpOptions;
  /** How the application's other gateways are served. */
  gateways?: GatewayOptions;
  /** Called before the application listens. */
  prepare?: (app: NestExpressApplication) => void;
}

/** Starts the toy services on a free port. */
export async function startToys({
  providers = [],
  wires = [],
  http,
  port: chosen = 0,
  gateways,
  prepare,
  ...options
}: ToyOptions = {}): Promise<ToyApp> {
  @Module({
    imports: [RealtimeModule.forRootAsync({ wires, http, useFactory: () => ({ ...TOY_OPTIONS, ...options }) })],
    providers: [BoardGateway, MeterGateway, ShelfGateway, ...providers],
  })
  class ToyModule {}
  const app = await NestFactory.create<NestExpressApplication>(ToyModule, { logger: false });
  useSwitchyard(app, gateways);
  prepare?.(app);
  await app.listen(chosen, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  let closed: Promise<void> | undefined;
  return {
    app,
    port,
    url: `http://127.0.0.1:${port}`,
    board: app.get(BoardGateway),
    meter: app.get(MeterGateway),
    shelf: app.get(ShelfGateway),
    get: (type) => app.get(type),
    close: () => (closed ??= app.close()),
  };
}
