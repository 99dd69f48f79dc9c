import type { EventFrame, FrameReader } from './wire.frame.js';

/** The faults that a stream can be given. */
type FaultKind = 'missing' | 'extra' | 'duplicated' | 'reordered' | 'changed' | 'late' | 'ack';

/** A fault that is to happen once, at the next event or reply that it can happen to. */
export interface FaultPlan {
  kind: FaultKind;
  /** The name of the room; any when undefined, or when the frames of the wire do not have it. */
  room?: string;
  /** What becomes of the payload or reply that it happens to; for `extra`, `changed` and `ack`. */
  change?: (payload: Readonly<Record<string, unknown>>) => object;
  /** For `late`, in ms. */
  delay_ms?: number;
}

/** What was done to a stream. */
export interface InjectedFault {
  kind: FaultKind;
  /** The events that it happened to as the client got them: two for `reordered`, none for `ack`. */
  events: EventFrame[];
}

/** A fault on its way. */
export interface PendingFault extends FaultPlan {
  done(fault: InjectedFault): void;
}

/** The stream of one connection from the server to a client, which may get one fault at a time. */
export class FaultyStream {
  /** The event that a later one overtakes. */
  private held?: { text: string; frame: EventFrame; fault: PendingFault };
  /** The frames that wait behind a late one. */
  private waiting: string[] | undefined;
  private timer?: NodeJS.Timeout;

  /** @param next returns the fault for a frame, and forgets it; undefined when there is none */
  constructor(
    private readonly read: FrameReader,
    private readonly next: (kind: 'event' | 'reply', room: string | undefined) => PendingFault | undefined,
    private readonly send: (text: string) => void,
  ) {}

  /** Passes a frame on, as the next fault wants it. */
  pass(text: string): void {
    if (this.waiting) {
      this.waiting.push(text);
      return;
    }
    const frame = this.read(text);
    if (frame?.kind === 'event' && this.held) return this.overtake(text, frame);
    const fault = frame && this.next(frame.kind, frame.kind === 'event' ? frame.room : undefined);
    if (!fault) return this.send(text);
    if (frame.kind === 'event') return this.apply(fault, text, frame);
    this.send(frame.with(changed(fault, frame.data)));
    fault.done({ kind: fault.kind, events: [] });
  }

  close(): void {
    clearTimeout(this.timer);
  }

  private overtake(text: string, frame: EventFrame): void {
    const { held } = this;
    this.held = undefined;
    this.send(text);
    this.send(held!.text);
    held!.fault.done({ kind: 'reordered', events: [frame, held!.frame] });
  }

  private apply(fault: PendingFault, text: string, frame: EventFrame): void {
    const { kind } = fault;
    if (kind === 'reordered') {
      this.held = { text, frame, fault };
      return;
    }
    if (kind === 'late') this.delay(text, fault.delay_ms ?? 0);
    else if (kind === 'changed') this.send(frame.with({ payload: changed(fault, frame.payload) }));
    else if (kind !== 'missing') this.send(text);
    const invented = kind === 'extra' ? this.invent(fault, frame) : undefined;
    if (kind === 'duplicated') this.send(text);
    fault.done({ kind, events: [invented ?? frame] });
  }

  /** Sends an event that the server never sent, at the position after the last one. */
  private invent(fault: PendingFault, frame: EventFrame): EventFrame {
    const payload = changed(fault, frame.payload);
    const next = frame.offset === undefined ? {} : { offset: frame.offset + 1 };
    this.send(frame.with({ payload, ...next }));
    return { ...frame, payload, ...next };
  }

  private delay(text: string, delay_ms: number): void {
    this.waiting = [text];
    this.timer = setTimeout(() => {
      const texts = this.waiting!;
      this.waiting = undefined;
      // The later ones pass again, because there may be another fault for them.
      this.send(texts.shift()!);
      texts.forEach((each) => this.pass(each));
    }, delay_ms);
  }
}

function changed({ kind, change }: FaultPlan, payload: object): object {
  if (!change) throw new Error(`unable to inject ${kind}; it needs a change`);
  return change(payload as Record<string, unknown>);
}
