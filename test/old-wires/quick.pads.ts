import type { Caller } from '@switchyard/server';
import { EVERYBODY } from '@switchyard/server';
import { PadGateway } from './upstream.example.js';

/** The bridge of the example with short times; pads whose names begin with `shared` are everybody's. */
export class QuickPads extends PadGateway {
  protected override readonly settings = {
    openWithinMs: 500,
    answerWithinMs: 300,
    closeAfterMs: 200,
    reconnectMinMs: 20,
    reconnectMaxMs: 100,
    pingEveryMs: 1000,
    maxFrameBytes: 100_000,
    maxWaitingFrames: 10,
  };

  protected override owner(caller: Caller, key: string): string | undefined {
    return key.startsWith('shared') ? EVERYBODY : super.owner(caller, key);
  }
}
