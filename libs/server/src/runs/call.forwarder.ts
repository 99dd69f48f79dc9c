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

/** How long to wait for an answer before the owner is looked up and asked again, in ms. */
const ASK_AGAIN_MS = 1000;
/** The same wait when nobody received the question, in ms. */
const UNHEARD_MS = 100;
/** How long an answer is kept for a repeated question, in ms. */
const MAX_AGE_MS = 10_000;

/** A call that one process forwards to another; `from` is the process that asks. */
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

/** The state of a question: its answer, and whether somebody may have made the call. */
interface Asking {
  readonly answered: Promise<Reply>;
  isHeard: boolean;
}

/** Forwards calls about a run to the process that does the run. */
@Injectable()
export class CallForwarder implements OnApplicationBootstrap {
  private readonly asked = new Map<string, (reply: Reply) => void>();
  private readonly answers = new Map<string, Promise<string>>();

  constructor(
    @Inject(STORE) private readonly store: Pick<Store, 'cluster'>,
    private readonly leases: RunLeases,
    private readonly registry: ServiceRegistry,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const heard = (text: string) => this.hear(JSON.parse(text) as Question | Answer);
    await this.store.cluster?.messages.listen(callsOf(this.leases.owner), heard);
  }

  /**
   * Has a call made by the process that does the run, or by this process if no process does, also if that process dies
   * meanwhile; except if it may have made a call that is not repeatable.
   *
   * @throws Fault `store.unavailable` when no process can have made the call
   */
  async make(service: ServiceRuntime, call: string, payload: object, caller: Caller): Promise<Reply> {
    const id = randomUUID();
    const { name } = service.contract;
    const question: Question = { id, from: this.leases.owner, service: name, call, payload, caller };
    const asking = { answered: new Promise<Reply>((resolve) => this.asked.set(id, resolve)), isHeard: false };
    try {
      return (await this.ask(service, question, asking)) ?? (await answerCall(service, call, payload, caller));
    } catch (thrown) {
      if (!asking.isHeard) throw thrown;
      return refuseCall(service, call, thrown);
    } finally {
      this.asked.delete(id);
    }
  }

  /** The answer of the process that does the run; undefined when no process does it. @throws Fault `call.outcome_unknown`, `store.unavailable` */
  private async ask({ contract }: ServiceRuntime, question: Question, asking: Asking): Promise<Reply | undefined> {
    const { cluster } = this.store;
    const key = keyInPayload(contract, question.payload);
    if (!cluster || key === undefined) return undefined;
    for (;;) {
      const owner = await this.leases.remoteOwner(contract.name, key);
      if (owner === undefined && (!asking.isHeard || contract.calls.get(question.call)?.repeatable)) return undefined;
      const hears = owner !== undefined && (await this.send(owner, question, asking));
      const wait = pause(hears || owner === undefined ? ASK_AGAIN_MS : UNHEARD_MS, undefined, { ref: false });
      const reply = await Promise.race([asking.answered, wait]);
      if (reply) return reply;
      if (owner === undefined) throw new Fault('call.outcome_unknown');
    }
  }

  private async send(owner: string, question: Question, asking: Asking): Promise<boolean> {
    const wasHeard = asking.isHeard;
    // Assume that the question arrives until the store denies it.
    asking.isHeard = true;
    const hears = (await this.store.cluster!.messages.send(callsOf(owner), JSON.stringify(question))) > 0;
    asking.isHeard = wasHeard || hears;
    return hears;
  }

  private hear(message: Question | Answer): void {
    if ('reply' in message) this.asked.get(message.id)?.(message.reply);
    else void this.answer(message);
  }

  private async answer(question: Question): Promise<void> {
    const { id, from } = question;
    let answering = this.answers.get(id);
    if (!answering) {
      answering = this.answerHere(question);
      this.answers.set(id, answering);
      void answering.then(() => setTimeout(() => this.answers.delete(id), MAX_AGE_MS).unref());
    }
    const text = await answering;
    // If the answer is lost, the question comes again.
    await this.store.cluster?.messages.send(callsOf(from), text).catch(() => undefined);
  }

  private async answerHere(question: Question): Promise<string> {
    const textOf = (reply: Reply) => JSON.stringify({ id: question.id, reply } satisfies Answer);
    try {
      return textOf(await this.made(question));
    } catch (thrown) {
      // The handler returned a value that JSON cannot express.
      return textOf(refuseCall(this.registry.get(question.service), question.call, thrown));
    }
  }

  private async made({ service: name, call, payload, caller }: Question): Promise<Reply> {
    try {
      const service = this.registry.get(name);
      const handler = service.handlers.get(call);
      if (!handler) throw new Fault('call.unknown');
      // Wait if this process is just ending the run of a dead process.
      await this.leases.remoteOwner(name, keyInPayload(service.contract, payload)!);
      return await answerCall(service, call, validatePayload(handler.payload, payload), caller);
    } catch (thrown) {
      return { ok: false, error: Fault.from(thrown).toBody() };
    }
  }
}

/** The address of calls that a process is asked to make, and of answers to its own questions. */
function callsOf(owner: string): string {
  return `calls:${owner}`;
}
