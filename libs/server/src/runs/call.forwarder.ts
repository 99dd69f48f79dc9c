import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Fault, keyInPayload, type Reply } from '@switchyard/contract';
import { answerCall, refuseCall } from '../service/call.answer.js';
import { validatePayload } from '../validation/payload.validation.js';
import type { Caller } from '../caller/caller.js';
import { ServiceRegistry } from '../service/service.registry.js';
import type { ServiceRuntime } from '../service/service.runtime.js';
import { STORE, type Store } from '../store/store.js';
import { RunLeases } from './run.leases.js';

/** How long to wait for an answer before looking up the owner and asking again, in ms. */
const ASK_AGAIN_MS = 1000;
/** The same wait when no process received the question, in ms. */
const NOT_RECEIVED_MS = 100;
/** How long an answer is kept for a repeated question, in ms. */
const MAX_AGE_MS = 10_000;

/** A forwarded call; `from` is the process that forwards it. */
interface Question {
  id: string;
  from: string;
  service: string;
  call: string;
  payload: object;
  caller: Caller;
}

interface Answer {
  id: string;
  reply: Reply;
}

/** A question without an answer yet; `mayBeReceived` is whether another process may have made the call. */
interface PendingQuestion {
  readonly answered: Promise<Reply>;
  mayBeReceived: boolean;
}

/** Forwards calls about a run to the process that does it. */
@Injectable()
export class CallForwarder implements OnApplicationBootstrap {
  /** Resolve the questions of this process, by their ids. */
  private readonly pending = new Map<string, (reply: Reply) => void>();
  /** The answers to the questions of other processes, by their ids. */
  private readonly answers = new Map<string, Promise<string>>();

  constructor(
    @Inject(STORE) private readonly store: Pick<Store, 'cluster'>,
    private readonly leases: RunLeases,
    private readonly registry: ServiceRegistry,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const receive = (text: string) => this.receive(JSON.parse(text) as Question | Answer);
    await this.store.cluster?.messages.listen(callsOf(this.leases.owner), receive);
  }

  /**
   * Makes a call in the process that does the run, and returns its reply. If no process does the run, or that process
   * dies meanwhile, this process makes the call; but it never repeats a call that is not repeatable.
   *
   * @throws Fault `store.unavailable` when no process can have made the call
   */
  async make(service: ServiceRuntime, call: string, payload: object, caller: Caller): Promise<Reply> {
    const id = randomUUID();
    const { name } = service.contract;
    const question: Question = { id, from: this.leases.owner, service: name, call, payload, caller };
    const answered = new Promise<Reply>((resolve) => this.pending.set(id, resolve));
    const pending: PendingQuestion = { answered, mayBeReceived: false };
    try {
      return (await this.ask(service, question, pending)) ?? (await answerCall(service, call, payload, caller));
    } catch (thrown) {
      if (!pending.mayBeReceived) throw thrown;
      return refuseCall(service, call, thrown);
    } finally {
      this.pending.delete(id);
    }
  }

  /**
   * Asks the process that does the run; undefined when no process does it.
   *
   * @throws Fault `call.outcome_unknown`, `store.unavailable`
   */
  private async ask(
    { contract }: ServiceRuntime,
    question: Question,
    pending: PendingQuestion,
  ): Promise<Reply | undefined> {
    const { cluster } = this.store;
    const key = keyInPayload(contract, question.payload);
    if (!cluster || key === undefined) return undefined;
    for (;;) {
      const owner = await this.leases.remoteOwner(contract.name, key);
      const mayRepeat = !pending.mayBeReceived || contract.calls.get(question.call)?.repeatable;
      if (owner === undefined && mayRepeat) return undefined;
      const isReceived = owner !== undefined && (await this.send(owner, question, pending));
      const wait = pause(isReceived || owner === undefined ? ASK_AGAIN_MS : NOT_RECEIVED_MS, undefined, { ref: false });
      const reply = await Promise.race([pending.answered, wait]);
      if (reply) return reply;
      if (owner === undefined) throw new Fault('call.outcome_unknown');
    }
  }

  private async send(owner: string, question: Question, pending: PendingQuestion): Promise<boolean> {
    const mayBeReceived = pending.mayBeReceived;
    // Assume that the question arrives until the store denies it.
    pending.mayBeReceived = true;
    const isReceived = (await this.store.cluster!.messages.send(callsOf(owner), JSON.stringify(question))) > 0;
    pending.mayBeReceived = mayBeReceived || isReceived;
    return isReceived;
  }

  private receive(message: Question | Answer): void {
    if ('reply' in message) this.pending.get(message.id)?.(message.reply);
    else void this.answer(message);
  }

  private async answer(question: Question): Promise<void> {
    const { id, from } = question;
    let answering = this.answers.get(id);
    if (!answering) {
      answering = this.textOfAnswer(question);
      this.answers.set(id, answering);
      void answering.then(() => setTimeout(() => this.answers.delete(id), MAX_AGE_MS).unref());
    }
    const text = await answering;
    // If this fails, the other process asks again.
    await this.store.cluster?.messages.send(callsOf(from), text).catch(() => undefined);
  }

  private async textOfAnswer(question: Question): Promise<string> {
    const textOf = (reply: Reply) => JSON.stringify({ id: question.id, reply } satisfies Answer);
    try {
      return textOf(await this.replyTo(question));
    } catch (thrown) {
      // The handler returned a value that JSON cannot express.
      return textOf(refuseCall(this.registry.get(question.service), question.call, thrown));
    }
  }

  private async replyTo({ service: name, call, payload, caller }: Question): Promise<Reply> {
    try {
      const service = this.registry.get(name);
      const handler = service.handlers.get(call);
      if (!handler) throw new Fault('call.unknown');
      // If this process is ending the run of a dead process, wait for that end.
      await this.leases.remoteOwner(name, keyInPayload(service.contract, payload)!);
      return await answerCall(service, call, validatePayload(handler.payload, payload), caller);
    } catch (thrown) {
      return { ok: false, error: Fault.from(thrown).toBody() };
    }
  }
}

/** The address at which a process receives questions and answers. */
function callsOf(owner: string): string {
  return `calls:${owner}`;
}
