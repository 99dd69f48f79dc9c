import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import {
  RemoteFault,
  type CallName,
  type CallReply,
  type ServiceContract,
  type ServiceTypes,
} from '@switchyard/contract';
import { CallDispatcher } from '../dispatch/call.dispatcher.js';
import { CallSizes } from '../dispatch/call.sizes.js';
import type { Caller } from '../caller/caller.js';
import { ServiceRegistry } from '../service/service.registry.js';
import { HttpCallers } from './http.caller.js';
import { HttpFault } from './http.fault.js';
import { bodySize } from './json.body.js';
import { rawRequest, requestQuery, type ControllerRequest } from './request.target.js';

/** Makes a service's calls for REST controllers, which answer with the bare data. */
@Injectable()
export class RestCalls {
  constructor(
    private readonly dispatcher: CallDispatcher,
    private readonly callers: HttpCallers,
    private readonly registry: ServiceRegistry,
    private readonly sizes: CallSizes,
  ) {}

  /** Makes a call as the request's caller. @throws HttpFault, a Nest exception with the status and body of the fault */
  make<T extends ServiceTypes, N extends CallName<T>>(
    request: ControllerRequest,
    contract: ServiceContract<T>,
    call: N,
    payload: unknown,
  ): Promise<CallReply<T, N>> {
    return HttpFault.instead(this.call(request, contract, call, payload));
  }

  /** The snapshot of a room, if the request's caller may join it. @throws HttpFault as a join is refused */
  snapshot<T extends ServiceTypes>(
    request: ControllerRequest,
    contract: ServiceContract<T>,
    key: string,
  ): Promise<T['snapshot']> {
    return HttpFault.instead(this.preview(request, contract, key));
  }

  /** The caller of a request. @throws HttpFault with `origin.refused`, `auth.*` */
  caller(request: ControllerRequest): Promise<Caller> {
    return HttpFault.instead(this.identify(rawRequest(request)));
  }

  private identify(request: IncomingMessage): Promise<Caller> {
    return this.callers.of(request, 'polling', requestQuery(request));
  }

  private async call<T extends ServiceTypes, N extends CallName<T>>(
    request: ControllerRequest,
    contract: ServiceContract<T>,
    call: N,
    payload: unknown,
  ): Promise<CallReply<T, N>> {
    const caller = await this.identify(rawRequest(request));
    const sized = this.sizes.fit(contract.name, call, bodySize(rawRequest(request)), payload);
    const reply = await this.dispatcher.call(this.registry.get(contract.name), call, sized, caller);
    if (!reply.ok) throw new RemoteFault(reply.error);
    return reply.data;
  }

  private async preview<T extends ServiceTypes>(
    request: ControllerRequest,
    contract: ServiceContract<T>,
    key: string,
  ): Promise<T['snapshot']> {
    const caller = await this.identify(rawRequest(request));
    const { snapshot } = await this.registry.get(contract.name).preview(caller, key);
    return snapshot as T['snapshot'];
  }
}
