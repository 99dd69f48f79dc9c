import { FlagdCore } from '@openfeature/flagd-core';
import {
  ErrorCode,
  type EvaluationContext,
  type JsonValue,
  type Provider,
  type ResolutionDetails,
} from '@openfeature/server-sdk';

/** An OpenFeature provider that evaluates flagd definitions in this process. */
export class FlagProvider implements Provider {
  readonly metadata = { name: 'switchyard-flagd' };
  readonly runsOn = 'server' as const;
  private readonly core = new FlagdCore();

  /** Replaces all flags. @throws ParseError when they do not fit flagd's schema */
  setFlags(flags: Readonly<Record<string, object>>): void {
    this.core.setConfigurations(JSON.stringify({ flags }));
  }

  resolveStringEvaluation(
    flag: string,
    fallback: string,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<string>> {
    return Promise.resolve(this.core.resolveStringEvaluation(flag, fallback, context));
  }

  resolveBooleanEvaluation(_flag: string, fallback: boolean): Promise<ResolutionDetails<boolean>> {
    return Promise.resolve(mismatch(fallback));
  }

  resolveNumberEvaluation(_flag: string, fallback: number): Promise<ResolutionDetails<number>> {
    return Promise.resolve(mismatch(fallback));
  }

  resolveObjectEvaluation<T extends JsonValue>(_flag: string, fallback: T): Promise<ResolutionDetails<T>> {
    return Promise.resolve(mismatch(fallback));
  }
}

function mismatch<T>(value: T): ResolutionDetails<T> {
  return { value, reason: 'ERROR', errorCode: ErrorCode.TYPE_MISMATCH };
}
