import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { CallSizes } from '../dispatch/call.sizes.js';
import { ROUTE_GROUPS } from '../routes/http.options.js';
import { RoutePaths } from '../routes/route.paths.js';
import { routesOf, type RouteRequest, type RouteType } from '../routes/route.js';
import { allowOrigin, answerPreflight } from './cross.origin.js';
import { faultAnswer } from './fault.answer.js';
import { jsonReader } from './json.body.js';
import { mountFirst } from './adapter.mount.js';
import { OriginPolicy } from './origin.policy.js';
import { requestQuery } from './request.target.js';
import { RouteRunner } from './route.runner.js';
import { RouteTable, type FoundRoute } from './route.table.js';

/** The injection token of the classes whose routes are served. */
export const ROUTE_TYPES = Symbol('switchyard.routes');

/**
 * Serves the framework's routes from the HTTP adapter itself, before anything that the application does to its own: a
 * global prefix, a version, guards, pipes, interceptors, filters, middleware, CORS and body parsers.
 */
@Injectable()
export class MountedRoutes implements OnModuleInit {
  private readonly table: RouteTable;
  private reader: ReturnType<typeof jsonReader> | undefined;
  private mountedOn: object | undefined;

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly runner: RouteRunner,
    private readonly origins: OriginPolicy,
    private readonly sizes: CallSizes,
    private readonly paths: RoutePaths,
    @Inject(ROUTE_TYPES) types: readonly RouteType[],
  ) {
    const routes = types.flatMap(routesOf);
    this.table = new RouteTable(
      routes.map((route) => ({ ...route, path: paths.of(route.path) })),
      paths.of(ROUTE_GROUPS.migration),
    );
    this.mount();
  }

  /** Testing modules get their HTTP adapter late. */
  onModuleInit(): void {
    this.mount();
  }

  /** Mounts the routes on the HTTP adapter that the application has now. */
  mount(): void {
    const { httpAdapter } = this.host;
    // An application context has no adapter, and a testing module at first one of no type.
    if (this.paths.asControllers || !httpAdapter?.getType() || this.mountedOn === httpAdapter) return;
    this.mountedOn = httpAdapter;
    mountFirst(httpAdapter, (request, response) => this.serve(request, response));
  }

  /** Whether a request is for the framework. */
  has(request: IncomingMessage): boolean {
    try {
      return this.table.find(request) !== undefined;
    } catch {
      // Its path is one of ours, and malformed or unknown.
      return true;
    }
  }

  /** Serves a request; false when it is not for the framework. */
  private serve(request: IncomingMessage, response: ServerResponse): boolean {
    try {
      const found = this.table.find(request);
      if (!found) return false;
      if (found === 'preflight') answerPreflight(this.origins, request, response);
      else void this.answer(found, request, response);
    } catch (thrown) {
      allowOrigin(this.origins, request, response);
      fail(response, thrown);
    }
    return true;
  }

  private async answer(
    { route, params }: FoundRoute,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const answer = { status: 200, headers: {} };
    const body = () => (this.reader ??= jsonReader(this.sizes.frame))(request, response);
    const asked: RouteRequest = { request, response, params, query: requestQuery(request), body, answer };
    allowOrigin(this.origins, request, response);
    try {
      const value = await this.runner.run(route, asked);
      if (!route.streams) sendJson(response, answer.status, answer.headers, value);
    } catch (thrown) {
      fail(response, thrown);
    }
  }
}

function fail(response: ServerResponse, thrown: unknown): void {
  if (response.headersSent) return void response.end();
  const { status, headers, body } = faultAnswer(thrown);
  sendJson(response, status, headers, body);
}

function sendJson(response: ServerResponse, status: number, headers: Record<string, string>, value: unknown): void {
  const text = Buffer.from(JSON.stringify(value));
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': text.length,
    'Cache-Control': 'no-store',
    ...headers,
  });
  response.end(text);
}
