import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Fault, type ControlPayloads, type ErrorBody } from '@switchyard/contract';
import { REALTIME_OPTIONS, type RealtimeOptions } from '../options/realtime.options.js';
import type { Caller } from '../caller/caller.js';
import { hasEnded } from '../caller/credential.js';

/** One connection on whatever wire, as far as its credential matters. */
export interface CredentialHolder {
  /** Who is there; after a renewal with the new credential. */
  readonly caller: Caller;
  /** Tells the client that its credential is about to end, where it can understand that. */
  warn(payload: ControlPayloads['auth_expiring']): void;
  /** Tells the client why it is closed. */
  tell(error: ErrorBody): void;
  /** Closes the connection in such a way that its client comes back with a fresh token. */
  end(): void;
}

/** How long before the end a connection is told, in ms. */
const DEFAULT_WARNING_MS = 60_000;
/** The part of a short credential's time that is left when its connection is told. */
const SHORT_WARNING = 0.5;
/** How long the timer may wait: a machine that slept, or a clock that was set, is noticed after that. */
const MAX_WAIT_MS = 1000;

/** Ends every connection when its credential does, and tells it shortly before. */
@Injectable()
export class CredentialExpiry implements OnModuleDestroy {
  /** When there is something to do about a connection next, in Unix time. */
  private readonly due = new Map<CredentialHolder, number>();
  /** Nothing is due before. */
  private next = Infinity;
  private timer: NodeJS.Timeout | undefined;
  private readonly warning_ms: number;
  private readonly logger = new Logger('identity');

  constructor(@Inject(REALTIME_OPTIONS) { authExpiringMs }: Pick<RealtimeOptions, 'authExpiringMs'>) {
    this.warning_ms = authExpiringMs ?? DEFAULT_WARNING_MS;
  }

  onModuleDestroy(): void {
    clearTimeout(this.timer);
    this.due.clear();
  }

  /** Takes in a connection, and returns what is to be called once it is closed. */
  enter(holder: CredentialHolder): () => void {
    this.plan(holder);
    return () => void this.due.delete(holder);
  }

  /** Plans anew for a connection whose caller was renewed. */
  renewed(holder: CredentialHolder): void {
    if (this.due.has(holder)) this.plan(holder);
  }

  private plan(holder: CredentialHolder): void {
    const ends = holder.caller.user?.expires_at ?? Infinity;
    const left = ends - Date.now();
    this.schedule(holder, ends - Math.min(this.warning_ms, left * SHORT_WARNING));
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
    // In small steps: a wait of more than 24 days would be over at once.
    const wait = Math.min(Math.max(1, this.next - Date.now()), MAX_WAIT_MS);
    this.timer = setTimeout(() => this.look(), wait).unref();
  }

  private look(): void {
    const now = Date.now();
    if (now >= this.next) this.act(now);
    this.arm();
  }

  private act(now: number): void {
    const ended: CredentialHolder[] = [];
    this.next = Infinity;
    for (const [holder, at] of this.due) {
      if (at > now) this.next = Math.min(this.next, at);
      else if (hasEnded(holder.caller.user!, now)) ended.push(holder);
      else this.warn(holder, now);
    }
    const error = new Fault('auth.expired').toBody();
    for (const holder of ended) this.due.delete(holder);
    // Told first, all of them: one that is closed may take others with it.
    for (const holder of ended) this.guard(() => holder.tell(error));
    for (const holder of ended) this.guard(() => holder.end());
  }

  private warn(holder: CredentialHolder, now: number): void {
    const expires_at = holder.caller.user!.expires_at!;
    this.schedule(holder, expires_at);
    this.guard(() => holder.warn({ expires_at, expires_in_ms: Math.floor(expires_at - now) }));
  }

  /** One connection that fails must not keep the others from being ended. */
  private guard(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.logger.error(`unable to tell a connection of its credential's end; ${String(error)}`);
    }
  }
}
