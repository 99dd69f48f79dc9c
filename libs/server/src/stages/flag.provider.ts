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

  /** Checks that flagd can evaluate a definition. @throws TypeError that names the flag */
  static check(name: string, definition: object): void {
    const provider = new FlagProvider();
    try {
      provider.setFlags({ [name]: definition });
    } catch (error) {
      throw new TypeError(`unable to read the flag ${name}; flagd does not accept it`, { cause: error });
    }
    const { errorCode, errorMessage } = provider.evaluate(name, '', { targetingKey: name });
    if (errorCode !== ErrorCode.PARSE_ERROR) return;
    throw new TypeError(`unable to read the flag ${name}; ${errorMessage ?? 'flagd does not accept its targeting'}`);
  }

  /** Replaces all flags. @throws ParseError when they do not fit flagd's schema */
  setFlags(flags: Readonly<Record<string, object>>): void {
    this.core.setConfigurations(JSON.stringify({ flags }));
  }

  /** Evaluates a flag at once. */
  evaluate(flag: string, fallback: string, context: EvaluationContext): ResolutionDetails<string> {
    return this.core.resolveStringEvaluation(flag, fallback, context);
  }

  resolveStringEvaluation(
    flag: string,
    fallback: string,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<string>> {
    return Promise.resolve(this.evaluate(flag, fallback, context));
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
