import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Fault, type ControlPayloads, type ErrorBody } from '@switchyard/contract';
import { REALTIME_OPTIONS, type ResolvedOptions } from '../options/realtime.options.js';
import type { Caller } from '../caller/caller.js';
import { hasExpired } from '../caller/credential.js';

/** A connection whose credential may expire, on any wire. */
export interface CredentialHolder {
  /** The caller, with the new credential after a renewal. */
  readonly caller: Caller;
  /** Warns the client that its credential expires soon, if its wire can carry that. */
  warn(payload: ControlPayloads['auth_expiring']): void;
  /** Sends the client the reason for the close. */
  sendError(error: ErrorBody): void;
  /** Closes the connection so that its client reconnects with a new token. */
  end(): void;
}

/** The part of a short credential's lifetime that remains when its connection is warned. */
const MAX_WARNING_SHARE = 0.5;
/** The longest wait of the timer, in ms, so that a machine's sleep or a change of its clock is noticed in time. */
const MAX_WAIT_MS = 1000;

/** Warns every connection before its credential expires, and ends the connection when it has expired. */
@Injectable()
export class CredentialExpiry implements OnModuleDestroy {
  /** When each connection has to be warned or ended next, in Unix ms. Not in order: a renewal may bring a shorter credential. */
  private readonly due = new Map<CredentialHolder, number>();
  /** The earliest of these times. */
  private next = Infinity;
  private timer: NodeJS.Timeout | undefined;
  private readonly warning_ms: number;
  private readonly logger = new Logger('identity');

  constructor(@Inject(REALTIME_OPTIONS) { authExpiringMs }: Pick<ResolvedOptions, 'authExpiringMs'>) {
    this.warning_ms = authExpiringMs;
  }

  onModuleDestroy(): void {
    clearTimeout(this.timer);
    this.due.clear();
  }

  /** Watches a connection; call the returned function when it closes. */
  enter(holder: CredentialHolder): () => void {
    this.plan(holder);
    return () => void this.due.delete(holder);
  }

  /** Schedules a connection again after its credential was renewed. */
  renewed(holder: CredentialHolder): void {
    if (this.due.has(holder)) this.plan(holder);
  }

  private plan(holder: CredentialHolder): void {
    const ends = holder.caller.user?.expires_at ?? Infinity;
    const left = ends - Date.now();
    this.schedule(holder, ends - Math.min(this.warning_ms, left * MAX_WARNING_SHARE));
  }

  private schedule(holder: CredentialHolder, at: number): void {
    this.due.set(holder, at);
    if (at >= this.next) return;
    this.next = at;
    this.arm();
  }

  private arm(): void {
    clearTimeout(this.timer);
    if (this.next === Infinity) return;
    // In small steps: a timer of more than 24 days would fire at once.
    const wait = Math.min(Math.max(1, this.next - Date.now()), MAX_WAIT_MS);
    this.timer = setTimeout(() => this.tick(), wait).unref();
  }

  private tick(): void {
    const now = Date.now();
    if (now >= this.next) this.processDue(now);
    this.arm();
  }

  private processDue(now: number): void {
    const ended: CredentialHolder[] = [];
    this.next = Infinity;
    for (const [holder, at] of this.due) {
      if (at > now) this.next = Math.min(this.next, at);
      else if (hasExpired(holder.caller.user!, now)) ended.push(holder);
      else this.warn(holder, now);
    }
    const error = new Fault('auth.expired').toBody();
    for (const holder of ended) this.due.delete(holder);
    // Send all errors first: closing one connection may close others that share its socket.
    for (const holder of ended) this.attempt(() => holder.sendError(error));
    for (const holder of ended) this.attempt(() => holder.end());
  }

  private warn(holder: CredentialHolder, now: number): void {
    const expires_at = holder.caller.user!.expires_at!;
    this.schedule(holder, expires_at);
    this.attempt(() => holder.warn({ expires_at, expires_in_ms: Math.floor(expires_at - now) }));
  }

  /** A connection that fails must not prevent the others from being ended. */
  private attempt(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.logger.error(`unable to warn or end a connection whose credential expires; ${String(error)}`);
    }
  }
}
