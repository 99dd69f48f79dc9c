import { hash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Fault, type Reply } from '@switchyard/contract';
import { isStoreRefusal } from '../store/store.refusal.js';
import { STORE, type CallRecord, type Store } from '../store/store.js';

/** How long a `correlation_id` is recognised; longer than a client goes on to send a call again. */
export const CALL_WINDOW_MS = 600_000;

/** One attempt at a call that carries a `correlation_id`. */
export interface Attempt {
  /** The caller's key and the `correlation_id`, joined. */
  key: string;
  /** Tells this call from another under the same id. */
  digest: string;
  repeatable: boolean;
}

/** Sees to it that a call with a `correlation_id` runs once, however often and on whichever wires it arrives. */
@Injectable()
export class CallRepeats {
  private readonly running = new Map<string, Promise<Reply>>();

  constructor(@Inject(STORE) private readonly store: Store) {}

  /** This process, as the owner of the calls it runs. */
  private get owner(): string {
    return this.store.node;
  }

  /** What distinguishes a call's content, whatever wire it came over and in whatever order that names its fields. */
  static digest(service: string, call: string, payload: object): string {
    return hash('sha256', `${service}/${call} ${JSON.stringify(inOrder(payload))}`, 'base64url');
  }

  /**
   * Runs the call if it is the first of its id, else answers with the first one's reply, waiting for it if need be. When
   * `run` rejects, the call counts as not made.
   *
   * @throws Fault `call.id_reused`, `call.outcome_unknown`; what `run` throws
   */
  async once(attempt: Attempt, run: () => Promise<Reply>): Promise<Reply> {
    const { key, digest, repeatable } = attempt;
    const known = await this.begin(attempt);
    if (!known) return this.first(attempt, run);
    if (known.digest !== digest) throw new Fault('call.id_reused');
    if (known.state === 'done') return JSON.parse(known.reply) as Reply;
    const running = this.running.get(key);
    if (running) return running;
    // If this process had it, it may have ended while the answer was under way: then that is on record by now.
    const ended = known.owner === this.owner ? await this.begin(attempt) : await this.awaitOtherProcess(key, known);
    if (!ended) return known.owner === this.owner ? this.first(attempt, run) : this.once(attempt, run);
    if (ended.state === 'done') return JSON.parse(ended.reply) as Reply;
    if (repeatable) return this.first(attempt, run);
    throw new Fault('call.outcome_unknown');
  }

  private begin({ key, digest }: Attempt): Promise<CallRecord | undefined> {
    return this.store.calls.begin(key, { state: 'pending', digest, owner: this.owner }, CALL_WINDOW_MS);
  }

  private async awaitOtherProcess(key: string, pending: CallRecord): Promise<CallRecord | undefined> {
    return this.store.cluster ? this.store.cluster.outcome(key) : pending;
  }

  private first(attempt: Attempt, run: () => Promise<Reply>): Promise<Reply> {
    const running = this.settle(attempt, run).finally(() => this.running.delete(attempt.key));
    this.running.set(attempt.key, running);
    return running;
  }

  private async settle({ key, repeatable }: Attempt, run: () => Promise<Reply>): Promise<Reply> {
    const reply = await run().catch(async (thrown: unknown) => {
      await this.forget(key);
      throw thrown;
    });
    const hadNoStore = !reply.ok && isStoreRefusal(reply.error.code);
    const isUnknown = !reply.ok && reply.error.code === 'call.outcome_unknown';
    if (repeatable && (hadNoStore || isUnknown)) await this.forget(key);
    else await this.finish(key, hadNoStore ? outcomeUnknown() : reply);
    return reply;
  }

  // The handler is done, so whatever becomes of the record, nobody may hear that nothing was.
  private finish(key: string, reply: Reply): Promise<void> {
    return this.store.calls.finish(key, JSON.stringify(reply)).catch((cause: unknown) => {
      throw cause instanceof Fault && cause.code === 'call.outcome_unknown' ? cause : outcomeFault(cause);
    });
  }

  // One that cannot be forgotten may be taken for one whose outcome is not known.
  private forget(key: string): Promise<void> {
    return this.store.calls.abandon(key, this.owner).catch(() => undefined);
  }
}

// What a handler had done when the store failed it, nobody can tell; a repeat must not hear for minutes that it may try again.
function outcomeUnknown(): Reply {
  return { ok: false, error: outcomeFault().toBody() };
}

function outcomeFault(cause?: unknown): Fault {
  return new Fault('call.outcome_unknown', { reason: 'the store failed it' }, { cause });
}

// Not a replacer for JSON.stringify: with one, that is four times slower.
function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || writesItself(value)) return value;
  if (Array.isArray(value)) return value.map(inOrder);
  const fields = value as Record<string, unknown>;
  const ordered: Record<string, unknown> = {};
  for (const name of Object.keys(fields).sort()) ordered[name] = inOrder(fields[name]);
  return ordered;
}

// A client may have called a field so.
function writesItself(value: object): boolean {
  return typeof (value as { toJSON?: unknown }).toJSON === 'function';
}
