import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import type { IncomingMessage } from 'node:http';
import {
  Body,
  Catch,
  ConflictException,
  Controller,
  ForbiddenException,
  Get,
  HttpException,
  Module,
  Post,
  Req,
  VersioningType,
  type ArgumentsHost,
  type CallHandler,
  type ExecutionContext,
  type INestApplication,
} from '@nestjs/common';
import { HttpAdapterHost, NestFactory, type AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { RealtimeModule, RestCalls, type HttpOptions, type RealtimeOptions } from '@switchyard/server';
import { map } from 'rxjs';
import { BoardGateway, board } from './board.toy.js';
import { TOY_OPTIONS } from './toy.app.js';

/** The HTTP adapters that a host can be made with. */
export const ADAPTERS = { express: () => new ExpressAdapter(), fastify: () => new FastifyAdapter() } as const;
export type AdapterName = keyof typeof ADAPTERS;

/** The header without which the host's guard refuses every request. */
export const HOST_KEY = { 'x-host-key': 'open' };

/** What the host answers its pages with; the module allows other ones. */
export const HOST_ORIGIN = 'https://host.example';

/** A running application of somebody else, which does to requests all that a Nest application can. */
export interface HostApp {
  app: INestApplication;
  url: string;
  close(): Promise<void>;
}

@Controller('things')
class ThingsController {
  @Get()
  list(): string[] {
    return ['a thing'];
  }

  @Post()
  echo(@Body() body: unknown): unknown {
    return { body };
  }

  @Get('conflict')
  conflict(): never {
    throw new ConflictException('a conflict of the host');
  }

  @Get('broken')
  broken(): never {
    throw new Error('a secret of the host');
  }
}

@Controller('boards')
class BoardsController {
  constructor(private readonly calls: RestCalls) {}

  @Post()
  post(@Req() request: IncomingMessage, @Body() body: unknown) {
    return this.calls.make(request, board, 'post', body);
  }
}

@Catch()
class HostFilter {
  constructor(private readonly host: HttpAdapterHost) {}

  catch(thrown: unknown, context: ArgumentsHost): void {
    const seen = thrown instanceof HttpException ? [thrown.getStatus(), thrown.getResponse()] : ['unknown'];
    this.host.httpAdapter.reply(context.switchToHttp().getResponse(), { host: seen }, 418);
  }
}

/** How a host is started. */
export interface HostSettings {
  adapter: AdapterName | AbstractHttpAdapter;
  /** Whether it has the module. */
  module?: boolean;
  http?: HttpOptions;
  options?: Partial<RealtimeOptions>;
}

/** Starts a host on a free port, without calling `useSwitchyard`. */
export async function startHost({ adapter, module = true, http, options }: HostSettings): Promise<HostApp> {
  const realtime = RealtimeModule.forRootAsync({
    ...(http && { http }),
    useFactory: () => ({ ...TOY_OPTIONS, ...options }),
  });
  @Module({
    imports: module ? [realtime] : [],
    controllers: module ? [ThingsController, BoardsController] : [ThingsController],
    providers: module ? [BoardGateway] : [],
  })
  class HostModule {}

  const app = await NestFactory.create<INestApplication>(
    HostModule,
    typeof adapter === 'string' ? ADAPTERS[adapter]() : adapter,
    { logger: false },
  );
  beHostile(app);
  await app.listen(0, '127.0.0.1');
  if (module) app.get(BoardGateway).open('open');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { app, url: `http://127.0.0.1:${port}`, close: () => app.close() };
}

function beHostile(app: INestApplication): void {
  app.setGlobalPrefix('api');
  app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
  app.enableCors({ origin: HOST_ORIGIN });
  app.use((request: IncomingMessage, response: { setHeader(name: string, value: string): void }, next: () => void) => {
    response.setHeader('X-Of-The-Host', request.method!);
    next();
  });
  app.useGlobalFilters(new HostFilter(app.get(HttpAdapterHost)));
  app.useGlobalGuards({
    canActivate(context: ExecutionContext) {
      const { headers } = context.switchToHttp().getRequest<IncomingMessage>();
      if (headers['x-host-key'] !== HOST_KEY['x-host-key']) throw new ForbiddenException('no key of the host');
      return true;
    },
  });
  app.useGlobalInterceptors({
    intercept: (_context: ExecutionContext, next: CallHandler) =>
      next.handle().pipe(map((wrapped: unknown) => ({ wrapped }))),
  });
  app.useGlobalPipes({
    transform(value: unknown) {
      if (JSON.stringify(value)?.includes('piped')) throw new ConflictException('a pipe of the host');
      return value;
    },
  });
}
