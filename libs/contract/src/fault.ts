import { faultKind } from './fault.registry.js';

/** A failure as it goes over every wire; it never holds the offending payload. */
export interface ErrorBody {
  code: string;
  error: string;
  timestamp: string;
  recoverable: boolean;
  help: string;
  details?: Record<string, unknown>;
}

/** A coded failure; throw it in a handler and the caller gets its code, text and help. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly recoverable: boolean;
  readonly help: string;
  readonly status: number;

  /** @throws TypeError when nobody registered `code`. */
  constructor(
    readonly code: string,
    readonly details?: Record<string, unknown>,
    options?: { cause?: unknown },
  ) {
    const kind = faultKind(code);
    if (!kind) throw new TypeError(`unable to raise "${code}"; no fault is registered under it`);
    super(kind.message, options);
    this.recoverable = kind.recoverable;
    this.help = kind.help;
    this.status = kind.status;
  }

  /** The fault as it goes over a wire. */
  toBody(): ErrorBody {
    return {
      code: this.code,
      error: this.message,
      timestamp: new Date().toISOString(),
      recoverable: this.recoverable,
      help: this.help,
      ...(this.details && { details: this.details }),
    };
  }

  /** Any thrown value as a fault: a fault as it is, everything else as `call.failed` with the original as its cause. */
  static from(thrown: unknown): Fault {
    return thrown instanceof Fault ? thrown : new Fault('call.failed', undefined, { cause: thrown });
  }
}

/** A fault read off a wire; a code this side does not know keeps the text and help it came with. */
export class RemoteFault extends Error {
  override readonly name = 'Fault';
  readonly code: string;
  readonly recoverable: boolean;
  readonly help: string;
  readonly timestamp: string;
  readonly details?: Record<string, unknown>;

  constructor(readonly body: ErrorBody) {
    super(body.error);
    this.code = body.code;
    this.recoverable = body.recoverable;
    this.help = body.help;
    this.timestamp = body.timestamp;
    if (body.details) this.details = body.details;
  }
}
