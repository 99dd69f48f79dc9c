import type { ErrorBody } from '@switchyard/contract';
import type { Caller } from '../../../caller/caller.js';
import type { ServiceConnection } from '../../../service/service.wire.js';
import type { TopicsPeer } from './topics.peer.js';

/** One connection as one of its services sees it: what ends it there leaves the other services alone. */
export class TopicMember implements ServiceConnection {
  readonly takesControl = false;

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
}
