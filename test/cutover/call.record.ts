import { RemoteFault } from '@switchyard/contract';

/** A call that was made. */
export interface RecordedCall {
  /** Distinguishes the call, and its effect, from all others. */
  readonly key: string;
  state: 'open' | 'answered' | 'refused';
  /** Whether it was in flight, or waited, while its client moved. */
  whileMoving: boolean;
  /** Resolves once it is answered or refused. */
  readonly settled: Promise<void>;
}

/** What became of calls, as numbers of calls. */
export interface CallFigures {
  made: number;
  whileMoving: number;
  refused: number;
  /** Whose outcome the server could not tell; their client looked for the effect, and called again without one. */
  unknown: number;
  /** Not answered and not refused. */
  open: number;
  /** Without an effect. */
  without: number;
  /** With more than one effect. */
  repeated: number;
}

/** Records calls, and compares them with the domain's own record of their effects. */
export class CallRecord {
  /** The codes or messages of all refusals. */
  readonly refusals: string[] = [];
  private readonly calls: RecordedCall[] = [];
  private unknown = 0;

  /** Makes a call and records it. */
  make(key: string, call: () => Promise<unknown>): RecordedCall {
    const settled = call().then(
      () => void (made.state = 'answered'),
      (refusal: unknown) => {
        made.state = 'refused';
        this.refusals.push(refusal instanceof RemoteFault ? refusal.code : String(refusal));
      },
    );
    const made: RecordedCall = { key, state: 'open', whileMoving: false, settled };
    this.calls.push(made);
    return made;
  }

  /** Notes that the server could not tell the outcome of a call. */
  noteUnknown(): void {
    this.unknown += 1;
  }

  /** Resolves once every call made so far is answered or refused. */
  async settled(): Promise<void> {
    await Promise.all(this.calls.map(({ settled }) => settled));
  }

  /** Compares the calls with all effects, which are given as the key of the call that made each. */
  compare(effects: readonly string[]): CallFigures {
    const counts = new Map<string, number>();
    for (const key of effects) counts.set(key, (counts.get(key) ?? 0) + 1);
    const count = (is: (call: RecordedCall) => boolean) => this.calls.filter(is).length;
    return {
      made: this.calls.length,
      whileMoving: count(({ whileMoving }) => whileMoving),
      unknown: this.unknown,
      refused: count(({ state }) => state === 'refused'),
      open: count(({ state }) => state === 'open'),
      without: count(({ key }) => !counts.has(key)),
      repeated: count(({ key }) => (counts.get(key) ?? 0) > 1),
    };
  }
}
