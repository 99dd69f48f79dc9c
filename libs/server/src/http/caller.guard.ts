import type { IncomingMessage } from 'node:http';
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Caller } from '../caller/caller.js';
import { rawRequest, type ControllerRequest } from './request.target.js';
import { RestCalls } from './rest.calls.js';

const callers = new WeakMap<IncomingMessage, Caller>();

/** Authenticates a request before its body is received, for REST endpoints that make no call of a service. */
@Injectable()
export class CallerGuard implements CanActivate {
  constructor(private readonly calls: RestCalls) {}

  /** @throws HttpFault with `origin.refused`, `auth.*` */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<ControllerRequest>();
    callers.set(rawRequest(request), await this.calls.caller(request));
    return true;
  }
}

/** The caller of a request that `CallerGuard` guards. @throws Error when it does not */
export function callerOf(request: ControllerRequest): Caller {
  const caller = callers.get(rawRequest(request));
  if (!caller) throw new Error('unable to name the caller; no CallerGuard was asked');
  return caller;
}
