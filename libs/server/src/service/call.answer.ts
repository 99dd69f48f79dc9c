import { Fault, RemoteFault, type Reply } from '@switchyard/contract';
import type { Caller } from '../caller/caller.js';
import type { ServiceRuntime } from './service.runtime.js';
import { isStoreRefusal } from '../store/store.refusal.js';

/** A handler looked up by the name a `@Call` gave it. */
type Handlers = Record<string, (payload: object, caller: Caller) => unknown>;

/** Runs the handler of a valid call in this process; never rejects. */
export async function answerCall(
  service: ServiceRuntime,
  name: string,
  payload: object,
  caller: Caller,
): Promise<Reply> {
  const { writes } = service;
  try {
    const handler = service.handlers.get(name)!;
    const data: unknown =
      'answer' in handler
        ? await handler.answer(payload, caller)
        : await (service.behaviour as unknown as Handlers)[handler.method]!(payload, caller);
    return { ok: true, data: data ?? null };
  } catch (thrown) {
    const mayHaveWritten = service.writes !== writes && service.contract.calls.get(name)?.repeatable !== true;
    return refuseCall(service, name, mayHaveWritten ? asUnknown(thrown) : thrown);
  }
}

/** Marks a call whose handler may have written before the store failed, so that no client repeats it unknowingly. */
function asUnknown(thrown: unknown): unknown {
  const isCutShort = thrown instanceof Fault && isStoreRefusal(thrown.code);
  return isCutShort ? new Fault('call.outcome_unknown', { reason: 'the store failed it' }, { cause: thrown }) : thrown;
}

/**
 * The refusal for something thrown: that of another server unchanged; an unexpected error is logged with the call's name,
 * once for each cause.
 */
export function refuseCall(service: ServiceRuntime, name: string, thrown: unknown): Reply {
  if (thrown instanceof RemoteFault) return { ok: false, error: thrown.body };
  const fault = Fault.from(thrown);
  if (fault.code === 'call.failed') {
    service.failures.error(`unable to finish ${service.contract.name}.${name}`, fault.cause);
  }
  return { ok: false, error: fault.toBody() };
}
