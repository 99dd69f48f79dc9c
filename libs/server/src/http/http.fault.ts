import { HttpException } from '@nestjs/common';
import { Fault, RemoteFault, faultKind, type ErrorBody } from '@switchyard/contract';

/** A fault where code of the application can catch it: an exception of Nest with the fault's status and body. */
export class HttpFault extends HttpException {
  readonly code: string;

  constructor(
    readonly fault: ErrorBody,
    options?: { cause?: unknown },
  ) {
    super({ error: fault }, faultKind(fault.code)?.status ?? 500, options);
    this.message = fault.error;
    this.code = fault.code;
  }

  /** The exception for a fault; anything else unchanged. */
  static of(thrown: unknown): unknown {
    if (thrown instanceof Fault) return new HttpFault(thrown.toBody(), { cause: thrown });
    if (thrown instanceof RemoteFault) return new HttpFault(thrown.body, { cause: thrown });
    return thrown;
  }

  /** The result of `work`. @throws HttpFault in place of a fault */
  static async instead<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (thrown) {
      throw HttpFault.of(thrown);
    }
  }
}
