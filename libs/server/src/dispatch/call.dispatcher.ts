import { Injectable } from '@nestjs/common';
import { Fault, keyInPayload, type Reply } from '@switchyard/contract';
import { checkCredential } from '../caller/credential.js';
import { InFlight } from './in.flight.js';
import { RateLimits } from '../limits/rate.limits.js';
import { CallForwarder } from '../runs/call.forwarder.js';
import type { CallHandler } from '../service/call.decorator.js';
import type { Caller } from '../caller/caller.js';
import type { ServiceRuntime } from '../service/service.runtime.js';
import { joinKey } from '../store/key.parts.js';
import { answerCall, refuseCall } from '../service/call.answer.js';
import { CallRepeats } from './call.repeats.js';
import { invalidField, validatePayload } from '../validation/payload.validation.js';
import { Oversized } from '../validation/oversized.js';

/**
 * Runs every call of every wire in the same steps: credential, name, size, payload, authorisation, repeats, rate, handler.
 * It always replies, and a reply never echoes the payload.
 */
@Injectable()
export class CallDispatcher {
  /** The calls without a reply yet. */
  readonly inFlight = new InFlight();

  constructor(
    private readonly repeats: CallRepeats,
    private readonly forwarder: CallForwarder,
    private readonly limits: RateLimits,
  ) {}

  /** Makes a call; the promise never rejects. */
  call(service: ServiceRuntime, name: string, payload: unknown, caller: Caller): Promise<Reply> {
    const end = this.inFlight.begin();
    // In one step with the end of the call: each further promise costs every call.
    return this.make(service, name, payload, caller).then((reply) => {
      end();
      service.counters.answered(caller, reply);
      return reply;
    });
  }

  private async make(service: ServiceRuntime, name: string, payload: unknown, caller: Caller): Promise<Reply> {
    try {
      checkCredential(caller);
      // A field that is null counts as absent.
      const correlationId = (payload as { correlation_id?: unknown } | null | undefined)?.correlation_id ?? undefined;
      // A call without an id cannot be a repeat: count it first, before it costs anything.
      const counting = correlationId === undefined ? this.limits.countCall(caller) : undefined;
      if (counting) await counting;
      const handler = service.handlers.get(name);
      if (!handler) throw new Fault('call.unknown', { calls: [...service.handlers.keys()] });
      const repeatable = 'answer' in handler || service.contract.calls.get(name)?.repeatable === true;
      // A shadow repeats what its client does on the other wire.
      if (caller.isShadow && !repeatable) throw new Fault('call.not_repeatable');
      if (payload instanceof Oversized) throw new Fault('payload.too_large', { limit_bytes: payload.limit_bytes });
      const dto = validatePayload(handler.payload, payload);
      // Built-in calls check the room themselves.
      if (!('answer' in handler)) await this.authorize(service, dto, caller);
      if (correlationId === undefined) return await this.run(service, name, handler, dto, caller);
      return await this.repeats.once(
        {
          key: joinKey('|', caller.key, checkCorrelationId(correlationId)),
          digest: CallRepeats.digest(service.contract.name, name, dto),
          repeatable,
        },
        async () => {
          // Count only the first attempt: repeats get its reply.
          await this.limits.countCall(caller);
          return this.run(service, name, handler, dto, caller);
        },
      );
    } catch (thrown) {
      return refuseCall(service, name, thrown);
    }
  }

  // When the payload names a room, check here that the caller may enter it, so that no handler can forget to.
  private async authorize(service: ServiceRuntime, dto: object, caller: Caller): Promise<void> {
    const { room } = service.contract;
    if ('key' in room && !(room.key in dto)) return;
    await service.authorize(caller, keyInPayload(service.contract, dto));
  }

  private run(
    service: ServiceRuntime,
    name: string,
    handler: CallHandler,
    dto: object,
    caller: Caller,
  ): Promise<Reply> {
    return handler.at === 'run'
      ? this.forwarder.make(service, name, dto, caller)
      : answerCall(service, name, dto, caller);
  }
}

function checkCorrelationId(id: unknown): string {
  if (typeof id === 'string' && id.length > 0 && id.length <= 128) return id;
  throw invalidField('correlation_id', 'must be a string of 1 to 128 characters');
}
