/**
 * Why a document could not be read.
 *
 * `unreadable`: it is not what its type says. `too_complex`: reading it takes more time, memory or depth than there is.
 * `interrupted`: its reader was ended before it was done, which says nothing about the document.
 */
export type ReadingFailureKind = 'unreadable' | 'too_complex' | 'interrupted';

/** A document that could not be read; the message is for people, names the cause and begins with "it" or "its". */
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
