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

/** How long an answer is waited for until it is seen who would give it now, and asked again, in ms. */
const ASK_AGAIN_MS = 1000;
/** How soon that is when nobody was there to hear it. */
const UNHEARD_MS = 100;
/** How long an answer is kept for a question that comes again, in ms. */
const MAX_AGE_MS = 10_000;

/** A call that one process asks another to make; `from` is who asks. */
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

/** How far asking has come: what is answered, and whether anybody may have made the call. */
interface Asking {
  readonly answered: Promise<Reply>;
  isHeard: boolean;
}

/** Makes calls about a run where it goes on, whichever process they came to. */
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
   * Has a call made by the process that works on the run it names, or by this one when nobody does, also when that
   * process is lost meanwhile; unless it may have made a call that is not repeatable.
   *
   * @throws Fault `store.unavailable` when nobody can have made it
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

  /** What the process that works on the run answers; undefined when none does. @throws Fault `call.outcome_unknown`, `store.unavailable` */
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
    // Until it is known that nobody was there.
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
    // One that is lost is asked for again.
    await this.store.cluster?.messages.send(callsOf(from), text).catch(() => undefined);
  }

  private async answerHere(question: Question): Promise<string> {
    const textOf = (reply: Reply) => JSON.stringify({ id: question.id, reply } satisfies Answer);
    try {
      return textOf(await this.made(question));
    } catch (thrown) {
      // What the handler returned is nothing that JSON has a form for.
      return textOf(refuseCall(this.registry.get(question.service), question.call, thrown));
    }
  }

  private async made({ service: name, call, payload, caller }: Question): Promise<Reply> {
    try {
      const service = this.registry.get(name);
      const handler = service.handlers.get(call);
      if (!handler) throw new Fault('call.unknown');
      // This process may be just ending the run in the place of one that is gone.
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
