import { Fault, RemoteFault, type ErrorBody } from '@switchyard/contract';
import { backoffDelay, type BackoffOptions } from '../backoff/backoff.js';
import { clientFault, isWireLost } from '../faults/client.faults.js';
import { stopwatch } from '../clock/stopwatch.js';
import { randomId } from '../identity/client.identity.js';
import type { TokenKeeper } from '../identity/token.keeper.js';
import { TimerSet } from '../timer/timer.set.js';
import { retryAfterMs } from '../transport/refusal.js';
import type { Transport } from '../transport/transport.js';

/** How many calls may wait and for how long one is worth sending; the server recognises a repeat for 10 minutes. */
export interface CallLimits {
  queued: number;
  expiryMs: number;
}

export const DEFAULT_CALL_LIMITS: CallLimits = { queued: 1000, expiryMs: 9 * 60_000 };

interface PendingCall {
  readonly number: number;
  readonly name: string;
  readonly payload: object;
  /** How long ago it was made, in ms. */
  readonly age: () => number;
  settled: boolean;
  settle(outcome: { data: unknown } | { fault: Error }): void;
}

/**
 * The calls of one service: in the order made, each answered once, sent again when its connection was lost, or when the
 * server, having refused it for now, may take it.
 */
export class CallQueue {
  private readonly waiting: PendingCall[] = [];
  private readonly unsettled = new Set<PendingCall>();
  private readonly timers = new TimerSet();
  private count = 0;
  /** How many are under way, and what carries them. */
  private out = 0;
  private carrying?: Transport;
  /** Since a refusal for now: of calls sent together a later one may find room that an earlier one did not. */
  private oneByOne = false;
  /** Ends the pause after a lost connection, or a refusal for now. */
  private pause?: () => void;
  private whenQuiet?: () => void;
  private closedBy?: Error;

  constructor(
    /** The transport that can take a call now. */
    private readonly carrier: () => Transport | undefined,
    private readonly limits: CallLimits,
    private readonly backoff: BackoffOptions,
    private readonly tokens: Pick<TokenKeeper, 'renewable' | 'retryDelay'>,
  ) {}

  /** @throws RemoteFault as the server refused it; Fault `call.expired`, `call.queue_full`, `client.closed` */
  add(name: string, payload: object): Promise<unknown> {
    if (this.closedBy) return Promise.reject(this.closedBy);
    if (this.waiting.length >= this.limits.queued) return Promise.reject(clientFault('call.queue_full'));
    return new Promise((resolve, reject) => {
      const call: PendingCall = {
        number: this.count++,
        name,
        payload: { ...payload, correlation_id: (payload as { correlation_id?: string }).correlation_id ?? randomId() },
        age: stopwatch(),
        settled: false,
        settle: (outcome) => {
          if (call.settled) return;
          call.settled = true;
          cancelExpiry();
          this.unsettled.delete(call);
          if ('fault' in outcome) reject(outcome.fault);
          else resolve(outcome.data);
          if (this.unsettled.size === this.waiting.length) this.whenQuiet?.();
        },
      };
      const cancelExpiry = this.timers.after(this.limits.expiryMs, () => this.expire(call));
      this.unsettled.add(call);
      this.waiting.push(call);
      this.flush();
    });
  }

  /** Sends what waits, as far as there is a connection to send it on. */
  flush(): void {
    while (!this.pause) {
      const carrier = this.carrier();
      const call = carrier && this.mayFollow(carrier) ? this.waiting.shift() : undefined;
      if (!carrier || !call) return;
      // The timer may have slept with the machine.
      if (call.age() > this.limits.expiryMs) this.expire(call);
      if (!call.settled) void this.send(carrier, call);
    }
  }

  /** Sends what waits now, although a connection was just lost: there is a new one. */
  resume(): void {
    this.pause?.();
    this.pause = undefined;
    this.flush();
  }

  /** Settles once no call is out any more, at the latest after `ms`. */
  quiet(ms: number): Promise<void> {
    if (this.unsettled.size === this.waiting.length) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.timers.after(ms, resolve);
      this.whenQuiet = () => {
        cancel();
        resolve();
      };
    });
  }

  close(fault: Error): void {
    this.closedBy = fault;
    this.waiting.length = 0;
    this.unsettled.forEach((call) => call.settle({ fault }));
    this.timers.close();
  }

  /** HTTP requests overtake each other, and so do calls on two wires: there, what is out is waited for. */
  private mayFollow(carrier: Transport): boolean {
    return this.out === 0 || (carrier.ordered && !this.oneByOne && carrier === this.carrying);
  }

  private async send(carrier: Transport, call: PendingCall): Promise<void> {
    this.out += 1;
    this.carrying = carrier;
    try {
      const reply = await carrier.call(call.name, call.payload);
      const wait = reply.ok ? undefined : this.waitAfter(reply.error);
      this.oneByOne = wait !== undefined || (this.oneByOne && this.waiting.length > 0);
      if (reply.ok) call.settle({ data: reply.data });
      else if (wait !== undefined) this.hold(call, wait);
      else call.settle({ fault: new RemoteFault(reply.error) });
    } catch (thrown) {
      if (!isWireLost(thrown)) call.settle({ fault: Fault.from(thrown) });
      // Another carrier may be better off.
      else this.hold(call, this.carrier() === carrier ? 0 : undefined);
    }
    this.out -= 1;
    if (this.unsettled.size === this.waiting.length) this.whenQuiet?.();
    this.flush();
  }

  /** How long to wait before a call is made again that was refused for now and not run, in ms; undefined for any other. */
  private waitAfter(refusal: ErrorBody): number | undefined {
    if (refusal.code === 'rate.limited') return retryAfterMs(refusal);
    return refusal.code === 'auth.expired' && this.tokens.renewable ? this.tokens.retryDelay() : undefined;
  }

  /** Has a call wait again, in its place, and all with it for at least `ms`; undefined for no pause. */
  private hold(call: PendingCall, ms: number | undefined): void {
    if (call.settled || this.closedBy) return;
    const later = this.waiting.findIndex(({ number }) => number > call.number);
    this.waiting.splice(later < 0 ? this.waiting.length : later, 0, call);
    if (ms === undefined) return;
    this.pause ??= this.timers.after(Math.max(ms, backoffDelay(this.backoff, 0)), () => this.resume());
  }

  private expire(call: PendingCall): void {
    const place = this.waiting.indexOf(call);
    if (place >= 0) this.waiting.splice(place, 1);
    call.settle({ fault: new Fault('call.expired') });
  }
}
