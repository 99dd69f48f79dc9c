import type { LegacyFrame } from './legacy.frame.js';

/** A close code, 1000 to 4999, and its reason, at most 123 bytes. */
export interface LegacyClose {
  readonly code: number;
  readonly reason: string;
}

/** A frame of a client as it came. */
export interface ReceivedFrame {
  readonly isBinary: boolean;
  /** Its length in bytes. */
  readonly bytes: number;
  /** The text of the frame; of a binary one its bytes in UTF-8, undefined when they are not UTF-8. */
  readonly text: string | undefined;
  /** Whether the text is JSON, of an object or of any other value. */
  readonly isJson: boolean;
}

/** What is known of the connection that a frame came on. */
export interface ReadingContext {
  /** ISO 8601 with Z. */
  readonly now: string;
  /** A random id of the connection; undefined while its client has not authenticated. */
  readonly session_id?: string;
}

/** How an old server answers a frame that it cannot read: by frames, by a close, by both; by silence with neither. */
export interface UnreadableAnswer {
  readonly frames?: readonly LegacyFrame[];
  readonly close?: LegacyClose;
}

/** The part of an old wire that reads frames, before it is known what they mean. */
export interface LegacyReading {
  /**
   * The answer to a frame that the old server cannot read, such as one that is no JSON, or a binary one where only text is
   * spoken; undefined for a frame that it can read. It is asked first, and never for a frame of our client. Without it, the
   * frame gets the answer to an unknown one.
   */
  unreadable?(frame: ReceivedFrame, context: ReadingContext): UnreadableAnswer | undefined;
}
