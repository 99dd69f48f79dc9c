import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import {
  OpenFeature,
  ProviderEvents,
  type Client,
  type EvaluationContext,
  type EvaluationDetails,
  type Provider,
} from '@openfeature/server-sdk';
import type { MigrationState, WireName } from '@switchyard/contract';
import { Subject, type Observable } from 'rxjs';
import { targetingKey, type Caller } from '../caller/caller.js';
import { FlagProvider } from './flag.provider.js';
import { flagFor } from './stage.flag.js';
import type { StageRecord } from './stage.record.js';

/** The part of a caller that decides which wire it is advised. */
export type AdvisedCaller = Pick<Caller, 'key' | 'user' | 'client_id'>;

/** How long the start waits for a provider of the application, in ms; until it is ready, the built-in one answers. */
const READY_WITHIN_MS = 3000;

/** Decides by the flags which wire a caller is advised, with the built-in provider or one of the application. */
export class WireAdvice {
  private readonly logger = new Logger('stages');
  private readonly domain = `switchyard-${randomUUID()}`;
  private readonly builtIn = new FlagProvider();
  private readonly client: Client = OpenFeature.getClient(this.domain);
  private readonly changed = new Subject<void>();
  private readonly closing = new AbortController();
  /** The flags whose evaluation fails, which is logged once. */
  private readonly failing = new Set<string>();
  private isReady = false;

  constructor(private readonly provider: Provider | undefined) {}

  /** The application's provider has other flags now, or is ready: the advice may have changed. */
  get changed$(): Observable<void> {
    return this.changed;
  }

  async start(): Promise<void> {
    if (!this.provider) return OpenFeature.setProviderAndWait(this.domain, this.builtIn);
    const { signal } = this.closing;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, READY_WITHIN_MS)));
    const set = OpenFeature.setProviderAndWait(this.domain, this.provider);
    const refused = set.catch((error: unknown) => {
      this.logger.error(`unable to start the flag provider; ${String(error)}; the stages' own flags are evaluated`);
    });
    await Promise.race([refused, late]);
    clearTimeout(timer);
    this.client.addHandler(ProviderEvents.ConfigurationChanged, () => this.changed.next(), { signal });
    // A provider that fails moves nobody; one that is back may have other flags. A handler runs at once where it applies.
    this.client.addHandler(ProviderEvents.Error, () => (this.isReady = false), { signal });
    let isStarting = true;
    this.client.addHandler(ProviderEvents.Ready, () => this.ready(isStarting), { signal });
    isStarting = false;
  }

  async close(): Promise<void> {
    this.closing.abort();
    // OpenFeature's global table outlives this module: remove our provider from it.
    await OpenFeature.setProviderAndWait(this.domain, new FlagProvider());
  }

  /** Replaces the flags of the built-in provider. @throws ParseError when they do not fit flagd's schema */
  setFlags(flags: Readonly<Record<string, object>>): void {
    this.builtIn.setFlags(flags);
  }

  /** What `wire` answers while a service has this record, for when it is in force no more. */
  while(flag: string, record: StageRecord): (caller: AdvisedCaller) => Promise<WireName> {
    const then = new FlagProvider();
    then.setFlags({ [flag]: flagFor(record) });
    return (caller) => this.wire(flag, record, caller, then);
  }

  /**
   * The wire that a caller is advised; one that cannot be recognised later is never in a canary.
   *
   * @param then the flags to evaluate in place of those in force
   */
  async wire(
    flag: string,
    { stage, closed }: MigrationState,
    caller: AdvisedCaller,
    then?: FlagProvider,
  ): Promise<WireName> {
    const key = targetingKey(caller);
    if (stage === 'retired') return 'socketio';
    if (closed || (stage === 'canary' && key === undefined)) return 'legacy';
    const { user, client_id } = caller;
    const context: EvaluationContext = {
      ...(key !== undefined && { targetingKey: key }),
      ...(user && { user: user.id }),
      ...(user?.tenant !== undefined && { tenant: user.tenant }),
      ...(client_id !== undefined && { client_id }),
    };
    // What the stage says is the answer to every failure of the application's provider.
    const own = wireIn((then ?? this.builtIn).evaluate(flag, 'legacy', context).value) ?? 'legacy';
    if (then && !this.provider) return own;
    const details = await this.client.getStringDetails(flag, own, context);
    this.report(flag, details);
    return wireIn(details.value) ?? own;
  }

  private ready(isStarting: boolean): void {
    const wasReady = this.isReady;
    this.isReady = true;
    if (!isStarting && !wasReady) this.changed.next();
  }

  private report(flag: string, { errorCode, errorMessage, value }: EvaluationDetails<string>): void {
    const hasFailed = errorCode !== undefined || wireIn(value) === undefined;
    if (!hasFailed) return void this.failing.delete(flag);
    if (this.failing.has(flag)) return;
    this.failing.add(flag);
    const reason = errorCode
      ? `${errorCode} ${errorMessage ?? ''}`
      : `its value ${JSON.stringify(value)} is not a wire`;
    this.logger.warn(`unable to evaluate the flag ${flag}; ${reason}; the stage's own flag is evaluated`);
  }
}

function wireIn(value: string): WireName | undefined {
  return value === 'socketio' || value === 'legacy' ? value : undefined;
}
