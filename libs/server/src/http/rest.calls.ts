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
import { bodySize } from './json.body.js';
import { requestQuery } from './request.target.js';

/** Makes a service's calls for REST controllers, which answer with the bare data. */
@Injectable()
export class RestCalls {
  constructor(
    private readonly dispatcher: CallDispatcher,
    private readonly callers: HttpCallers,
    private readonly registry: ServiceRegistry,
    private readonly sizes: CallSizes,
  ) {}

  /** Makes a call as the request's caller. @throws Fault or RemoteFault, which `FaultFilter` turns into a response */
  async make<T extends ServiceTypes, N extends CallName<T>>(
    request: IncomingMessage,
    contract: ServiceContract<T>,
    call: N,
    payload: unknown,
  ): Promise<CallReply<T, N>> {
    const caller = await this.caller(request);
    const sized = this.sizes.fit(contract.name, call, bodySize(request), payload);
    const reply = await this.dispatcher.call(this.registry.get(contract.name), call, sized, caller);
    if (!reply.ok) throw new RemoteFault(reply.error);
    return reply.data;
  }

  /** The snapshot of a room, if the request's caller may join it. @throws Fault as a join does */
  async snapshot<T extends ServiceTypes>(
    request: IncomingMessage,
    contract: ServiceContract<T>,
    key: string,
  ): Promise<T['snapshot']> {
    const caller = await this.caller(request);
    const { snapshot } = await this.registry.get(contract.name).preview(caller, key);
    return snapshot as T['snapshot'];
  }

  /** The caller of a request. @throws Fault `origin.refused`, `auth.*` */
  caller(request: IncomingMessage): Promise<Caller> {
    return this.callers.of(request, 'polling', requestQuery(request));
  }
}
