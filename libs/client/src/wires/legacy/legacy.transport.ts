import type { Reply } from '@switchyard/contract';
import { BehaviorSubject, Subject } from 'rxjs';
import { HttpCalls } from '../../http/http.calls.js';
import type { HttpApi } from '../../http/http.api.js';
import { LegacyChannel, type LegacyChannelOptions } from './legacy.channel.js';
import type { ControlMessage, RoomSink, Transport, TransportState } from '../../transport/transport.js';

/** What a service on the old wire needs. */
export interface LegacyTransportOptions extends Omit<LegacyChannelOptions, 'control' | 'changed'> {
  http: Pick<HttpApi, 'call'>;
}

/** A service on its old wire: a socket for each room; calls, which there have no answers, go over HTTP. */
export class LegacyTransport implements Transport {
  readonly wire = 'legacy';
  readonly ordered = false;
  readonly state$ = new BehaviorSubject<TransportState>({ status: 'connecting', failures: 0 });
  readonly control$ = new Subject<ControlMessage>();
  private readonly channels = new Map<RoomSink, LegacyChannel>();
  private readonly calls: HttpCalls;

  constructor(private readonly options: LegacyTransportOptions) {
    this.calls = new HttpCalls(options.http, options.contract.name);
  }

  connect(): void {
    this.review();
  }

  join(room: RoomSink): void {
    this.channels.get(room)?.close();
    const channel: LegacyChannel = new LegacyChannel(room, {
      ...this.options,
      control: (message) => this.control$.next(message),
      changed: () => this.review(),
    });
    this.channels.set(room, channel);
    void channel.open();
    this.review();
  }

  leave(room: RoomSink): void {
    this.channels.get(room)?.close();
    this.channels.delete(room);
    this.review();
  }

  call(name: string, payload: object): Promise<Reply> {
    return this.calls.call(name, payload);
  }

  close(): void {
    if (this.state$.value.status === 'closed') return;
    this.channels.forEach((channel, room) => {
      channel.close();
      room.lost(this.wire);
    });
    this.channels.clear();
    this.calls.close();
    this.state$.next({ status: 'closed', failures: 0 });
    this.state$.complete();
    this.control$.complete();
  }

  /** The service is as well off as its worst room; without rooms there is nothing to be connected to. */
  private review(): void {
    const before = this.state$.value;
    if (before.status === 'closed') return;
    const channels = [...this.channels.values()];
    const failures = Math.max(0, ...channels.map((channel) => channel.failures));
    const some = (status: LegacyChannel['status']) => channels.some((channel) => channel.status === status);
    const reached = channels.length === 0 || some('joined') || before.status === 'connected';
    const status = some('lost') ? 'disconnected' : reached ? 'connected' : 'connecting';
    if (status !== before.status || failures !== before.failures) this.state$.next({ status, failures });
  }
}
