import { Fault, RemoteFault, type ErrorBody } from '@switchyard/contract';
import { backoffDelay, type BackoffOptions } from '../backoff/backoff.js';
import { clientFault, isWireLost } from '../faults/client.faults.js';
import { stopwatch } from '../clock/stopwatch.js';
import { randomId } from '../identity/client.identity.js';
import type { TokenKeeper } from '../identity/token.keeper.js';
import { TimerSet } from '../timer/timer.set.js';
import { retryAfterMs } from '../transport/refusal.js';
import type { Transport } from '../transport/transport.js';

/** How many calls may wait, and for how many milliseconds; the server recognises a repeated call for 10 minutes. */
export interface CallLimits {
  queued: number;
  expiryMs: number;
}

/** The limits of a page that sets none. */
export const DEFAULT_CALL_LIMITS: CallLimits = { queued: 1000, expiryMs: 9 * 60_000 };

interface PendingCall {
  readonly number: number;
  readonly name: string;
  readonly payload: object;
  /** Milliseconds since the call was made. */
  readonly age: () => number;
  settled: boolean;
  /** Whether it may have run without a token, and one may come; the server would run a user's repeat again. */
  isAnonymous?: boolean;
  settle(outcome: { data: unknown } | { fault: Error }): void;
}

/**
 * Sends the calls of one service in the order made and settles each once; a call is sent again after a lost connection
 * and after a refusal that may pass, such as a rate limit.
 */
export class CallQueue {
  readonly #waiting: PendingCall[] = [];
  readonly #unsettled = new Set<PendingCall>();
  readonly #timers = new TimerSet();
  #count = 0;
  /** How many calls are in flight, and the transport that carries them. */
  #inFlight = 0;
  #inFlightOn?: Transport;
  /** Set after a rate limit: of calls sent together, a later one might be accepted before an earlier one. */
  #isOneByOne = false;
  /** Cancels the pause after a lost connection or a rate limit; undefined while there is none. */
  #pause?: () => void;
  /** Those who wait until no call is in flight. */
  readonly #idle = new Set<() => void>();
  #closedBy?: Error;

  constructor(
    /** The transport that can carry a call now. */
    private readonly carrier: () => Transport | undefined,
    private readonly limits: CallLimits,
    private readonly backoff: BackoffOptions,
    private readonly tokens: Pick<TokenKeeper, 'latest' | 'renewable' | 'retryDelay' | 'token'>,
    /** Receives each call that succeeded, with its reply. */
    private readonly answered?: (name: string, payload: object, data: unknown) => void,
  ) {}

  /** @throws RemoteFault when the server refuses the call; Fault `call.expired`, `call.queue_full`, `client.closed` */
  add(name: string, payload: object): Promise<unknown> {
    if (this.#closedBy) return Promise.reject(this.#closedBy);
    if (this.#waiting.length >= this.limits.queued) return Promise.reject(clientFault('call.queue_full'));
    return new Promise((resolve, reject) => {
      const call: PendingCall = {
        number: this.#count++,
        name,
        payload: { ...payload, correlation_id: (payload as { correlation_id?: string }).correlation_id ?? randomId() },
        age: stopwatch(),
        settled: false,
        settle: (outcome) => {
          if (call.settled) return;
          call.settled = true;
          cancelExpiry();
          this.#unsettled.delete(call);
          if ('fault' in outcome) reject(outcome.fault);
          else resolve(outcome.data);
          this.#reviewIdle();
        },
      };
      const cancelExpiry = this.#timers.after(this.limits.expiryMs, () => this.#expire(call));
      this.#unsettled.add(call);
      this.#waiting.push(call);
      this.flush();
    });
  }

  /** Sends waiting calls while a transport can carry them. */
  flush(): void {
    while (!this.#pause) {
      const carrier = this.carrier();
      const call = carrier && this.#mayFollow(carrier) ? this.#waiting.shift() : undefined;
      if (!carrier || !call) return;
      // Timers stand still while the machine sleeps, so the age is checked again.
      if (call.age() > this.limits.expiryMs) this.#expire(call);
      if (!call.settled) void this.#send(carrier, call);
    }
  }

  /** Ends a pause and sends waiting calls, because there is a new connection. */
  resume(): void {
    this.#pause?.();
    this.#pause = undefined;
    this.flush();
  }

  /** Resolves once no call is in flight, at the latest after `ms`. */
  whenIdle(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        cancel();
        this.#idle.delete(done);
        resolve();
      };
      const cancel = this.#timers.after(ms, done);
      this.#idle.add(done);
      this.#reviewIdle();
    });
  }

  /** Fails all calls that are not settled. */
  fail(fault: Error): void {
    this.#waiting.length = 0;
    this.#unsettled.forEach((call) => call.settle({ fault }));
  }

  close(fault: Error): void {
    this.#closedBy = fault;
    this.fail(fault);
    this.#timers.close();
  }

  #reviewIdle(): void {
    if (this.#unsettled.size === this.#waiting.length) this.#idle.forEach((done) => done());
  }

  /** HTTP requests overtake each other, and so do calls on two wires; there, a call waits for the one before it. */
  #mayFollow(carrier: Transport): boolean {
    return this.#inFlight === 0 || (carrier.ordered && !this.#isOneByOne && carrier === this.#inFlightOn);
  }

  async #send(carrier: Transport, call: PendingCall): Promise<void> {
    this.#inFlight += 1;
    this.#inFlightOn = carrier;
    this.#isOneByOne ||= call.isAnonymous === true;
    const { tokens } = this;
    const token = tokens.latest;
    try {
      // The server recognises a repeat by its user, and would run it again.
      if (call.isAnonymous && (await tokens.token().catch(() => undefined))) throw new Fault('call.expired');
      const reply = await carrier.call(call.name, call.payload);
      const wait = reply.ok ? undefined : this.#waitAfter(reply.error);
      this.#isOneByOne = wait !== undefined || (this.#isOneByOne && this.#waiting.length > 0);
      if (reply.ok) {
        this.answered?.(call.name, call.payload, reply.data);
        call.settle({ data: reply.data });
      } else if (wait !== undefined) this.#requeue(call, wait);
      else call.settle({ fault: new RemoteFault(reply.error) });
    } catch (thrown) {
      if (!isWireLost(thrown)) call.settle({ fault: Fault.from(thrown) });
      else {
        // An HTTP request asks for a token itself.
        call.isAnonymous ||= tokens.renewable && !(carrier.ordered ? token : tokens.latest);
        // With another carrier by now, there is no reason to pause.
        this.#requeue(call, this.carrier() === carrier ? 0 : undefined);
      }
    }
    this.#inFlight -= 1;
    this.#reviewIdle();
    this.flush();
  }

  /** The wait before a refused call is sent again, in ms; undefined when the refusal is final. */
  #waitAfter(refusal: ErrorBody): number | undefined {
    if (refusal.code === 'rate.limited') return retryAfterMs(refusal);
    return refusal.code === 'auth.expired' && this.tokens.renewable ? this.tokens.retryDelay() : undefined;
  }

  /** Puts a call back in its place and pauses the queue for at least `ms`; without `ms` there is no pause. */
  #requeue(call: PendingCall, ms: number | undefined): void {
    if (call.settled || this.#closedBy) return;
    const later = this.#waiting.findIndex(({ number }) => number > call.number);
    this.#waiting.splice(later < 0 ? this.#waiting.length : later, 0, call);
    if (ms === undefined) return;
    this.#pause ??= this.#timers.after(Math.max(ms, backoffDelay(this.backoff, 0)), () => this.resume());
  }

  #expire(call: PendingCall): void {
    const place = this.#waiting.indexOf(call);
    if (place >= 0) this.#waiting.splice(place, 1);
    call.settle({ fault: new Fault('call.expired') });
  }
}
