import { Injectable, Logger } from '@nestjs/common';
import { Fault, keyInPayload, type Reply } from '@switchyard/contract';
import type { CallHandler } from '../service/call.decorator.js';
import type { Caller } from '../service/caller.js';
import type { ServiceRuntime } from '../service/service.runtime.js';
import { CallRepeats } from './call.repeats.js';
import { invalidField, validatePayload } from './call.validation.js';
import { Oversized } from './oversized.js';

/** A handler looked up by the name a `@Call` gave it. */
type Handlers = Record<string, (payload: object, caller: Caller) => unknown>;

/**
 * The one door every call of every wire goes through: known name, size, payload, authorisation, repeats, handler. It
 * always answers, never with anything of the payload in it.
 */
@Injectable()
export class CallDoor {
  private readonly logger = new Logger(CallDoor.name);

  constructor(private readonly repeats: CallRepeats) {}

  /** Makes a call; the promise never rejects. */
  async call(service: ServiceRuntime, name: string, payload: unknown, caller: Caller): Promise<Reply> {
    try {
      const handler = service.handlers.get(name);
      if (!handler) throw new Fault('call.unknown', { calls: [...service.handlers.keys()] });
      if (payload instanceof Oversized) throw new Fault('payload.too_large', { limit_bytes: payload.limit_bytes });
      const dto = validatePayload(handler.payload, payload);
      await this.authorize(service, dto, caller);
      const correlationId = (payload as { correlation_id?: unknown }).correlation_id;
      if (correlationId === undefined) return await this.run(service, name, handler, dto, caller);
      return await this.repeats.once(
        {
          key: `${caller.key}|${checkCorrelationId(correlationId)}`,
          digest: CallRepeats.digest(service.contract.name, name, dto),
          repeatable: service.contract.calls.get(name)?.repeatable === true,
        },
        () => this.run(service, name, handler, dto, caller),
      );
    } catch (thrown) {
      return this.refuse(service, name, thrown);
    }
  }

  // A payload that names a room is checked against it here, so that no handler can forget to.
  private async authorize(service: ServiceRuntime, dto: object, caller: Caller): Promise<void> {
    const { room } = service.contract;
    if ('key' in room && !(room.key in dto)) return;
    await service.authorize(caller, keyInPayload(service.contract, dto));
  }

  private async run(
    service: ServiceRuntime,
    name: string,
    handler: CallHandler,
    dto: object,
    caller: Caller,
  ): Promise<Reply> {
    try {
      const data = await (service.behaviour as unknown as Handlers)[handler.method]!(dto, caller);
      return { ok: true, data: data ?? null };
    } catch (thrown) {
      return this.refuse(service, name, thrown);
    }
  }

  private refuse(service: ServiceRuntime, name: string, thrown: unknown): Reply {
    const fault = Fault.from(thrown);
    if (fault.code === 'call.failed') {
      const cause = fault.cause instanceof Error ? fault.cause.stack : String(fault.cause);
      this.logger.error(`unable to finish ${service.contract.name}.${name}; ${cause}`);
    }
    return { ok: false, error: fault.toBody() };
  }
}

function checkCorrelationId(id: unknown): string {
  if (typeof id === 'string' && id.length > 0 && id.length <= 128) return id;
  throw invalidField('correlation_id', 'must be a string of 1 to 128 characters');
}
