import type { ErrorBody } from '@switchyard/contract';
import type { Caller } from '../../../caller/caller.js';
import type { ServiceConnection } from '../../../service/service.wire.js';
import type { FrameText } from '../../frame.text.js';
import type { TopicsPeer } from './topics.peer.js';

/** One connection as one of its services sees it: what ends it there leaves the other services alone. */
export class TopicMember implements ServiceConnection {
  readonly takesControl = false;
  /** What has come in rooms whose subscription is not answered yet. */
  private readonly held = new Map<string, FrameText[]>();

  constructor(
    readonly peer: TopicsPeer,
    private readonly ended: (member: TopicMember, error: ErrorBody) => void,
  ) {}

  get id(): string {
    return this.peer.id;
  }

  get caller(): Caller {
    return this.peer.caller;
  }

  get agent(): string | undefined {
    return this.peer.agent;
  }

  control(): void {}

  retire(error: ErrorBody): void {
    this.ended(this, error);
  }

  /** Keeps what comes in a room from now on until `release`. */
  hold(room: string): void {
    this.forget(room);
    this.held.set(room, []);
  }

  /** Sends what was kept, and from now on all that comes. */
  release(room: string): void {
    for (const text of this.forget(room)) this.peer.sendShared(text);
  }

  /** Drops what was kept in a room, and returns it. */
  forget(room: string): readonly FrameText[] {
    const texts = this.held.get(room) ?? [];
    this.held.delete(room);
    for (const text of texts) this.peer.held -= text.for(this.id).length;
    return texts;
  }

  /** Sends a frame of a room, or keeps it; returns its bytes. */
  deliver(room: string, text: FrameText): number {
    const held = this.held.get(room);
    if (!held) return this.peer.sendShared(text);
    const { length } = text.for(this.id);
    held.push(text);
    this.peer.held += length;
    return length;
  }
}
