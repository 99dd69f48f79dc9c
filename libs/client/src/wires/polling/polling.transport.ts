import type { RemoteFault, Reply } from '@switchyard/contract';
import { BehaviorSubject, Subject } from 'rxjs';
import { HttpCalls } from '../../http/http.calls.js';
import type { HttpApi } from '../../http/http.api.js';
import type { TokenKeeper } from '../../identity/token.keeper.js';
import { isFinalRefusal } from '../../transport/refusal.js';
import type { PolledService, RoomPoller } from './room.poller.js';
import type { ControlMessage, RoomSink, Transport, TransportState, WireName } from '../../transport/transport.js';

/** A service polled over HTTP: each poll is a join from the room's position. */
export class PollingTransport implements Transport, PolledService {
  readonly wire = 'polling';
  readonly ordered = false;
  readonly polls = true;
  readonly state$ = new BehaviorSubject<TransportState>({ status: 'connecting', failures: 0 });
  readonly control$ = new Subject<ControlMessage>();
  readonly rooms = new Set<RoomSink>();
  private readonly calls: HttpCalls;
  private toldWire?: WireName;

  constructor(
    readonly name: string,
    private readonly poller: RoomPoller,
    http: Pick<HttpApi, 'call'>,
    private readonly tokens: Pick<TokenKeeper, 'renewable'>,
  ) {
    this.calls = new HttpCalls(http, name);
  }

  connect(): void {
    this.poller.add(this);
  }

  join(room: RoomSink): void {
    this.rooms.add(room);
    this.poller.soon();
  }

  leave(room: RoomSink): void {
    this.rooms.delete(room);
  }

  call(name: string, payload: object): Promise<Reply> {
    return this.calls.call(name, payload);
  }

  close(): void {
    this.shut();
  }

  private shut(fault?: RemoteFault): void {
    if (this.state$.value.status === 'closed') return;
    this.poller.remove(this);
    this.rooms.forEach((room) => room.lost(this.wire));
    this.rooms.clear();
    this.calls.close();
    this.state$.next({ status: 'closed', failures: 0, fault });
    this.state$.complete();
    this.control$.complete();
  }

  /** A polled client hears no announcements; each answer says which wire it should be on. */
  answered(wire: WireName | undefined): void {
    this.state$.next({ status: 'connected', failures: 0 });
    if (wire === undefined || wire === this.toldWire) return;
    this.toldWire = wire;
    this.control$.next({ event: 'transport_switch', payload: { service: this.name, to: wire, reason: 'poll' } });
  }

  failed(refusal?: RemoteFault): void {
    if (refusal?.code.startsWith('auth.') && isFinalRefusal(refusal, this.tokens.renewable)) {
      this.shut(refusal);
      return;
    }
    const failures = this.state$.value.failures + 1;
    this.state$.next({ status: 'disconnected', failures, ...(refusal && { fault: refusal }) });
  }
}
