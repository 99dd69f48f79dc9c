/**
 * Why a document could not be read.
 *
 * `unreadable`: it does not match its type. `too_complex`: it exceeds a limit of time, memory or depth. `interrupted`: its
 * reader was stopped, so the document may be good.
 */
export type ReadingFailureKind = 'unreadable' | 'too_complex' | 'interrupted';

/** Reports an unreadable document; the message is for users, names the cause and begins with "it" or "its". */
export class ReadingFailure extends Error {
  override readonly name = 'ReadingFailure';

  constructor(
    readonly kind: ReadingFailureKind,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}
