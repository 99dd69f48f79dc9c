import { faultKind } from './fault.registry.js';

/** A failure as every wire sends it; it never contains the refused payload. */
export interface ErrorBody {
  code: string;
  error: string;
  timestamp: string;
  recoverable: boolean;
  help: string;
  details?: Record<string, unknown>;
}

/** What an instance is, for every copy of this module: an application and a library may each have loaded one. */
const KIND = Symbol.for('switchyard.fault');

/** Whether a value is a fault of this kind, whichever copy of this module made it. */
function isKind(value: unknown, kind: string): boolean {
  return (value as { [KIND]?: unknown } | null | undefined)?.[KIND] === kind;
}

/** A failure with a code; when a handler throws it, the caller gets its code, message and help. */
export class Fault extends Error {
  /** `instanceof Fault` is true for a fault of another copy of this module too. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // A subclass of an application has its own instances only.
    return this === Fault ? isKind(value, 'fault') : Function.prototype[Symbol.hasInstance].call(this, value);
  }

  override readonly name = 'Fault';
  readonly recoverable: boolean;
  readonly help: string;
  readonly status: number;

  /** @throws TypeError when `code` is not registered, such as one of `SERVER_FAULTS` in the bundle of a page */
  constructor(
    readonly code: string,
    readonly details?: Record<string, unknown>,
    options?: { cause?: unknown },
  ) {
    const kind = faultKind(code);
    if (!kind) throw new TypeError(`unable to raise "${code}"; it is not registered`);
    super(kind.message, options);
    this.recoverable = kind.recoverable;
    this.help = kind.help;
    this.status = kind.status;
  }

  protected get [KIND](): string {
    return 'fault';
  }

  /** The fault in the form that wires send. */
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

  /** Returns a fault unchanged, and wraps any other thrown value in a `call.failed` as its cause. */
  static from(thrown: unknown): Fault {
    return thrown instanceof Fault ? thrown : new Fault('call.failed', undefined, { cause: thrown });
  }
}

/** A fault received over a wire; it keeps the received message and help, also for an unknown code. */
export class RemoteFault extends Error {
  /** `instanceof RemoteFault` is true for a fault of another copy of this module too. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return this === RemoteFault ? isKind(value, 'remote') : Function.prototype[Symbol.hasInstance].call(this, value);
  }

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

  protected get [KIND](): string {
    return 'remote';
  }
}
