import { Fault, type LegacyFrame } from '@switchyard/contract';
import { UpstreamCalls, lost } from './upstream.calls.js';
import { faultOf, type UpstreamEnd } from './upstream.end.js';
import type { UpstreamEndpoint } from './upstream.endpoint.js';
import type { UpstreamBehaviour, UpstreamEvent } from './upstream.behaviour.js';
import type { UpstreamReader } from './upstream.reader.js';
import { UpstreamSocket, type UpstreamFrame } from './upstream.socket.js';

/** The room that a connection feeds. */
export interface UpstreamFeed {
  /** Takes the state of the room from a snapshot; `isFirst` for the first one of the connection. @throws Fault `store.…` */
  snapshot(state: object, isFirst: boolean): Promise<void>;
  /** Adds an event to the room. @throws Fault `store.…` */
  event(event: UpstreamEvent): Promise<void>;
}

/** One connection of a room to its old server, from its first frame to its last. */
export class UpstreamConnection {
  /** Resolves once the room has the state of this connection. @throws Fault `upstream.unavailable`, `upstream.refused`, `store.…` */
  readonly opened: Promise<void>;
  /** Resolves once it has ended and nothing more of it goes into the room; never rejects. */
  readonly ended: Promise<UpstreamEnd>;
  private readonly socket: UpstreamSocket;
  private readonly calls: UpstreamCalls;
  private hasState = false;
  /** Why the room takes no more of this connection. */
  private failure: Fault | undefined;
  /** The last events of a room whose events supersede each other; nobody waits for each of them. */
  private superseding: Promise<void> = Promise.resolve();
  private settleOpened!: (fault?: Fault) => void;

  /** @throws Error when the address, a header or a subprotocol cannot be used */
  constructor(
    private readonly key: string,
    endpoint: UpstreamEndpoint,
    private readonly behaviour: UpstreamBehaviour,
    private readonly reader: UpstreamReader,
    private readonly feed: UpstreamFeed,
  ) {
    const { settings } = behaviour;
    this.calls = new UpstreamCalls(settings.answerWithinMs);
    let end!: (end: UpstreamEnd) => void;
    this.ended = new Promise((resolve) => (end = resolve));
    this.socket = new UpstreamSocket(endpoint, settings, {
      opened: () => this.begin(endpoint.frames ?? []),
      frame: (frame) => this.take(frame),
      ended: (how) => {
        this.calls.end();
        this.settleOpened(this.failure ?? faultOf(how));
        void this.superseding.then(() => end(how));
      },
    });
    this.opened = new Promise((resolve, reject) => {
      const late = () => this.socket.cut(`there was no snapshot within ${settings.openWithinMs} ms`);
      const timer = setTimeout(late, settings.openWithinMs);
      this.settleOpened = (fault) => {
        clearTimeout(timer);
        if (fault) reject(fault);
        else resolve();
      };
    });
  }

  /**
   * Makes a call, and resolves to its answer; to undefined where the old wire does not answer calls.
   *
   * @throws Fault `call.unknown`, `call.outcome_unknown`, `upstream.unavailable`; RemoteFault of the old server
   */
  async call(name: string, payload: object): Promise<unknown> {
    const { codec, contract } = this.behaviour;
    const id = this.calls.nextId();
    const frame = codec.encodeCall({ call: name, payload }, id);
    if (frame === undefined) throw new Fault('call.unknown', { reason: 'the old server has no such call' });
    const isRepeatable = contract.calls.get(name)?.repeatable === true;
    // From before the frame is sent, because the answer may come first.
    const answer = codec.decodeReply && this.calls.answer(id, isRepeatable);
    answer?.catch(() => undefined);
    await this.send(frame, isRepeatable);
    return answer;
  }

  /** Whether the room has, or had, the state of this connection. */
  get wasOpen(): boolean {
    return this.hasState;
  }

  /** Ends the connection in order. */
  close(): void {
    this.socket.close();
  }

  private async send(frame: LegacyFrame, isRepeatable: boolean): Promise<void> {
    try {
      await this.socket.send(frame);
    } catch {
      throw lost(isRepeatable, 'the connection to the old server was lost');
    }
  }

  private async begin(frames: readonly LegacyFrame[]): Promise<void> {
    // The end of the connection follows a frame that cannot be sent.
    await Promise.all(frames.map((frame) => this.socket.send(frame))).catch(() => undefined);
    const initial = this.behaviour.initial(this.key);
    if (initial) await this.attempt(() => this.takeState(initial));
  }

  private async take(frame: UpstreamFrame): Promise<void> {
    const message = this.failure ? undefined : this.reader.read(frame);
    if (message?.kind === 'reply') this.calls.settle(message);
    else if (message?.kind === 'snapshot') await this.attempt(() => this.takeState(message.payload));
    else if (message?.kind === 'event') await this.takeEvent(message);
  }

  private async takeState(state: object): Promise<void> {
    await this.superseding;
    await this.feed.snapshot(state, !this.hasState);
    this.hasState = true;
    this.settleOpened();
  }

  private async takeEvent(event: UpstreamEvent): Promise<void> {
    // Without a state there is nothing that the event could change; the snapshot has it.
    if (!this.hasState) return;
    const taken = this.attempt(() => this.feed.event(event));
    if (this.behaviour.contract.coalesce_ms === 0) await taken;
    else this.superseding = taken;
  }

  /** An event that the store did not take is missing in the room, so the connection ends; the next one brings a snapshot. */
  private async attempt(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (thrown) {
      this.failure = Fault.from(thrown);
      this.socket.cut(this.failure.code);
    }
  }
}
