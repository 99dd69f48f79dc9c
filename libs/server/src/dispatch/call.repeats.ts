import { hash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Fault, type Reply } from '@switchyard/contract';
import { isStoreRefusal } from '../store/store.refusal.js';
import { STORE, type CallRecord, type Store } from '../store/store.js';

/** How long a `correlation_id` is recognised, in ms: longer than a client repeats a call. */
export const CALL_WINDOW_MS = 600_000;

/** One attempt at a call that carries a `correlation_id`. */
export interface Attempt {
  /** The caller's key and the `correlation_id`, joined. */
  key: string;
  /** Differs between two calls with the same id. */
  digest: string;
  repeatable: boolean;
}

/** Runs a call with a `correlation_id` once, even if it arrives several times and on several wires. */
@Injectable()
export class CallRepeats {
  private readonly running = new Map<string, Promise<Reply>>();

  constructor(@Inject(STORE) private readonly store: Store) {}

  /** This process, as the owner of the calls it runs. */
  private get owner(): string {
    return this.store.node;
  }

  /** A digest of a call's content, independent of the wire and of the order of the fields. */
  static digest(service: string, call: string, payload: object): string {
    return hash('sha256', `${service}/${call} ${JSON.stringify(sortFields(payload))}`, 'base64url');
  }

  /**
   * Runs the first call with an id; later ones wait for its reply and get the same. When `run` rejects, the call counts as
   * not made.
   *
   * @throws Fault `call.id_reused`, `call.outcome_unknown`; what `run` throws
   */
  async once(attempt: Attempt, run: () => Promise<Reply>): Promise<Reply> {
    const { key, digest, repeatable } = attempt;
    const known = await this.begin(attempt);
    if (!known) return this.runFirst(attempt, run);
    if (known.digest !== digest) throw new Fault('call.id_reused');
    if (known.state === 'done') return JSON.parse(known.reply) as Reply;
    const running = this.running.get(key);
    if (running) return running;
    // Our own call may have just finished: look again.
    const latest = known.owner === this.owner ? await this.begin(attempt) : await this.awaitOtherProcess(key, known);
    if (!latest) return known.owner === this.owner ? this.runFirst(attempt, run) : this.once(attempt, run);
    if (latest.state === 'done') return JSON.parse(latest.reply) as Reply;
    if (repeatable) return this.runFirst(attempt, run);
    throw new Fault('call.outcome_unknown');
  }

  private begin({ key, digest }: Attempt): Promise<CallRecord | undefined> {
    return this.store.calls.begin(key, { state: 'pending', digest, owner: this.owner }, CALL_WINDOW_MS);
  }

  private async awaitOtherProcess(key: string, pending: CallRecord): Promise<CallRecord | undefined> {
    return this.store.cluster ? this.store.cluster.outcome(key) : pending;
  }

  private runFirst(attempt: Attempt, run: () => Promise<Reply>): Promise<Reply> {
    const running = this.settle(attempt, run).finally(() => this.running.delete(attempt.key));
    this.running.set(attempt.key, running);
    return running;
  }

  private async settle({ key, repeatable }: Attempt, run: () => Promise<Reply>): Promise<Reply> {
    const reply = await run().catch(async (thrown: unknown) => {
      await this.forget(key);
      throw thrown;
    });
    const isStoreLost = !reply.ok && isStoreRefusal(reply.error.code);
    const isUnknown = !reply.ok && reply.error.code === 'call.outcome_unknown';
    // The old server behind a bridge has not got the call: a repeat makes it.
    const isNotMade = !reply.ok && reply.error.code === 'upstream.unavailable';
    if (isNotMade || (repeatable && (isStoreLost || isUnknown))) await this.forget(key);
    else await this.finish(key, isStoreLost ? outcomeUnknown() : reply);
    return reply;
  }

  // The handler has run, so a failure to record the reply must not look like a call that was not made.
  private finish(key: string, reply: Reply): Promise<void> {
    return this.store.calls.finish(key, JSON.stringify(reply)).catch((cause: unknown) => {
      throw cause instanceof Fault && cause.code === 'call.outcome_unknown' ? cause : outcomeFault(cause);
    });
  }

  // A record that cannot be deleted stays pending, which repeats read as an unknown outcome.
  private forget(key: string): Promise<void> {
    return this.store.calls.abandon(key, this.owner).catch(() => undefined);
  }
}

// The store failed during the handler, so its effect is unknown; a repeat must not read that it may try again.
function outcomeUnknown(): Reply {
  return { ok: false, error: outcomeFault().toBody() };
}

function outcomeFault(cause?: unknown): Fault {
  return new Fault('call.outcome_unknown', { reason: 'the store failed it' }, { cause });
}

// Not as a replacer of JSON.stringify, which would be four times slower.
function sortFields(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || hasToJson(value)) return value;
  if (Array.isArray(value)) return value.map(sortFields);
  const fields = value as Record<string, unknown>;
  const sorted: Record<string, unknown> = {};
  for (const name of Object.keys(fields).sort()) sorted[name] = sortFields(fields[name]);
  return sorted;
}

// Not `'toJSON' in value`: a client's field may have this name.
function hasToJson(value: object): boolean {
  return typeof (value as { toJSON?: unknown }).toJSON === 'function';
}
