/**
 * Why a request got no usable answer.
 *
 * `refused`: our own rules forbid it (a private address). `unusable`: the answer is of no use and will stay so.
 * `temporary`: it may work another time.
 */
export type WebFailureKind = 'refused' | 'unusable' | 'temporary';

/** A request that got no usable answer; the message is for people and names the cause, not the address. */
export class WebFailure extends Error {
  override readonly name = 'WebFailure';

  constructor(
    readonly kind: WebFailureKind,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

const TEXTS: Record<string, string> = {
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name cannot be looked up now',
  ECONNREFUSED: 'nothing answers there (connection refused)',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was reset',
  ETIMEDOUT: 'the host does not answer',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  UND_ERR_CONNECT_TIMEOUT: 'the host does not answer',
  UND_ERR_SOCKET: 'the connection was closed half-way',
  UND_ERR_HEADERS_OVERFLOW: 'its headers are too large',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is self-signed',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate cannot be verified',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
};

/** The codes after which the very same request may go through on a new connection. */
const DROPPED = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** The parts of an error that tell what happened; by shape, since some come from other realms. */
interface ErrorLike {
  message?: unknown;
  code?: unknown;
  cause?: unknown;
  errors?: unknown;
}

function* causes(thrown: unknown, depth = 0): Generator<ErrorLike> {
  if (typeof thrown !== 'object' || thrown === null || depth > 5) return;
  const error: ErrorLike = thrown;
  yield error;
  for (const inner of Array.isArray(error.errors) ? error.errors : []) yield* causes(inner, depth + 1);
  yield* causes(error.cause, depth + 1);
}

/** Whatever a request threw as a `WebFailure` with a text a person understands. */
export function toWebFailure(thrown: unknown): WebFailure {
  let last = 'the request failed';
  for (const error of causes(thrown)) {
    if (error instanceof WebFailure) return error;
    const text = typeof error.code === 'string' ? TEXTS[error.code] : undefined;
    if (text) return new WebFailure('temporary', text, { cause: thrown });
    if (typeof error.message === 'string') last = error.message || last;
  }
  return new WebFailure('temporary', last, { cause: thrown });
}

/** Whether the connection was dropped, as happens to one that was kept open and closed by the other side just then. */
export function isDroppedConnection(failure: WebFailure): boolean {
  return [...causes(failure.cause)].some(({ code }) => typeof code === 'string' && DROPPED.has(code));
}
