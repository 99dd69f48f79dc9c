import type { SentFrame } from '@switchyard/contract';

/** What a request is answered with. */
export interface TopicAnswer {
  readonly frames: readonly SentFrame[];
  /** Called in the step in which the frames are sent. */
  sent?(): void;
}
