import type { CallName, CallPayload, ServiceContract, TypesOf } from '@switchyard/contract';
import type { Caller } from '../caller/caller.js';
import { bindCall } from '../service/call.decorator.js';
import type { BaseUpstreamService } from './base-upstream.service.js';

/** The calls of a contract that go to the old server, each with the class that its payload is validated against. */
export type ForwardedCalls<C extends ServiceContract> = {
  readonly [N in CallName<TypesOf<C>>]?: new () => CallPayload<TypesOf<C>, N>;
};

/** A class whose instances forward calls; `forward` is for the class itself and those derived from it. */
type Forwarding<C extends ServiceContract> = abstract new (...args: never[]) => BaseUpstreamService<C>;

interface Forwarder {
  forward(name: string, payload: object, caller: Caller): Promise<unknown>;
}

/** Makes calls of a bridge frames of the old server, without a handler for each; they are made where the room's connection is. */
export function ForwardCalls<C extends ServiceContract>(_contract: C, calls: ForwardedCalls<C>) {
  return (target: Forwarding<C>): void => {
    const prototype = target.prototype as unknown as Forwarder & Record<string, unknown>;
    for (const [name, payload] of Object.entries<new () => object>(calls as Record<string, new () => object>)) {
      const method = `forward ${name}`;
      prototype[method] = function (this: Forwarder, dto: object, caller: Caller) {
        return this.forward(name, dto, caller);
      };
      bindCall(prototype, name, { method, payload, at: 'run' });
    }
  };
}
