import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { RouteEntry, RouteRequest } from '../routes/route.js';
import { AdminAccess } from '../stages/admin.access.js';

type Handlers = Record<string, (request: RouteRequest) => unknown>;

/** Runs the framework's routes, however they are registered. */
@Injectable()
export class RouteRunner {
  constructor(
    private readonly modules: ModuleRef,
    private readonly access: AdminAccess,
  ) {}

  /** The JSON value of the answer. @throws Fault, or an error with the HTTP status of a refusal */
  async run({ type, handler, admin }: RouteEntry, request: RouteRequest): Promise<unknown> {
    if (admin) this.access.check(request.request);
    const handlers = this.modules.get<Handlers>(type);
    return handlers[handler]!(request);
  }
}
