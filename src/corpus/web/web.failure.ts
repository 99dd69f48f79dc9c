/**
 * Why a request got no usable response.
 *
 * `refused`: our rules forbid it (a private address). `unusable`: a retry would not help. `temporary`: a retry may help.
 */
export type WebFailureKind = 'refused' | 'unusable' | 'temporary';

/** Reports a request without a usable response; the message is for users and names the cause, not the address. */
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

/** The error codes after which the same request may succeed on a new connection. */
const DROPPED = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** The relevant parts of an error, typed by shape, because some errors come from other realms. */
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

/** Converts any thrown value into a `WebFailure` with a text for users. */
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

/** Tells whether the connection was dropped, as when a server closes an idle one just before a request. */
export function isDroppedConnection(failure: WebFailure): boolean {
  return [...causes(failure.cause)].some(({ code }) => typeof code === 'string' && DROPPED.has(code));
}
