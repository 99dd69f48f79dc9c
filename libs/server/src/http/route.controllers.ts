import type { ServerResponse } from 'node:http';
import { Controller, Get, Inject, Post, Put, Req, Res, type Type } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { CallSizes } from '../dispatch/call.sizes.js';
import { groupOf, routesOf, type RouteEntry, type RouteRequest, type RouteType } from '../routes/route.js';
import { HttpFault } from './http.fault.js';
import { jsonReader } from './json.body.js';
import { rawRequest, requestQuery, type ControllerRequest } from './request.target.js';
import { RouteRunner } from './route.runner.js';

/** What Nest gives to a controller. */
type NestRequest = ControllerRequest & { params: Record<string, string>; body?: unknown };
type NestResponse = ServerResponse | { raw: ServerResponse; hijack(): void };

const DECORATORS = { GET: Get, POST: Post, PUT: Put };

/** Answers routes as methods of a controller do: with values and exceptions that the application may change. */
abstract class RouteController {
  private reader: ReturnType<typeof jsonReader> | undefined;

  constructor(
    private readonly runner: RouteRunner,
    private readonly sizes: CallSizes,
    private readonly host: HttpAdapterHost,
  ) {}

  protected async answer(route: RouteEntry, request: NestRequest, response: NestResponse): Promise<unknown> {
    const { httpAdapter } = this.host;
    const raw = rawRequest(request);
    const rawResponse = 'raw' in response ? response.raw : response;
    const answer = { status: 200, headers: { 'Cache-Control': 'no-store' } };
    const asked: RouteRequest = {
      request: raw,
      response: rawResponse,
      params: request.params,
      query: requestQuery(raw),
      body: async () => {
        if (request.body !== undefined) return request.body;
        return (this.reader ??= jsonReader(this.sizes.frame))(raw, rawResponse);
      },
      answer,
    };
    try {
      if (route.streams && 'hijack' in response) response.hijack();
      const value = await this.runner.run(route, asked);
      if (route.streams) return undefined;
      httpAdapter.status(response, answer.status);
      for (const [name, text] of Object.entries<string>(answer.headers)) httpAdapter.setHeader(response, name, text);
      return value;
    } catch (thrown) {
      throw HttpFault.of(thrown);
    }
  }
}

/** Makes a Nest controller of each class of routes, at the same paths below the application's own prefix. */
export function controllersOf(types: readonly RouteType[], prefix: string): Type[] {
  return types.map((type) => controllerOf(type, `${prefix}${groupOf(type).path}`));
}

function controllerOf(type: RouteType, path: string): Type {
  class Routes extends RouteController {}
  Object.defineProperty(Routes, 'name', { value: type.name });
  for (const [index, token] of [RouteRunner, CallSizes, HttpAdapterHost].entries())
    Inject(token)(Routes, undefined, index);
  const { prototype } = Routes;
  for (const route of routesOf(type)) {
    const descriptor: PropertyDescriptor = {
      configurable: true,
      value(this: Routes, request: NestRequest, response: NestResponse) {
        return this.answer(route, request, response);
      },
    };
    Object.defineProperty(prototype, route.handler, descriptor);
    DECORATORS[route.method](route.path.slice(groupOf(type).path.length))(prototype, route.handler, descriptor);
    Req()(prototype, route.handler, 0);
    Res({ passthrough: !route.streams })(prototype, route.handler, 1);
  }
  Controller(path)(Routes);
  return Routes;
}
