import { Fault, RemoteFault, type Reply, type WireName, type ControlMessage } from '@switchyard/contract';
import { BehaviorSubject, Subject } from 'rxjs';
import type { RoomSink, Transport, TransportState, WireEvent, WireReply } from '../transport/transport.js';

/** A transport without a wire, whose events and replies a test decides, and whose joins and calls it reads. */
export class FakeTransport implements Transport {
  readonly ordered = true;
  readonly state$ = new BehaviorSubject<TransportState>({ status: 'connecting', failures: 0 });
  readonly control$ = new Subject<ControlMessage>();
  /** The joined rooms by id, which is the key for a join without options. */
  readonly rooms = new Map<string, RoomSink>();
  readonly calls: { name: string; payload: object }[] = [];
  /** Answers calls; a `Fault` that it throws is the refusal. */
  answer: (name: string, payload: object) => Reply | Promise<Reply> = () => ({ ok: true, data: {} });
  /** Answers joins by the room's key; a `Fault` refuses the join, undefined leaves it without a reply. */
  admit: (key: string) => WireReply | Fault | undefined = () => ({ recovered: false });

  private readonly waiting = new Map<string, () => void>();

  constructor(readonly wire: WireName = 'socketio') {}

  get polls(): boolean {
    return this.wire === 'polling';
  }

  /** Connects, also after `lose`; rooms then join from their positions. */
  connect(): void {
    this.state$.next({ status: 'connected', failures: 0 });
    this.rooms.forEach((room) => this.sendJoin(room));
  }

  /** Loses the connection until `connect`. */
  lose(failures = 0): void {
    this.rooms.forEach((room) => room.lost(this.wire));
    this.state$.next({ status: 'disconnected', failures });
  }

  join(room: RoomSink): void {
    this.rooms.set(room.id, room);
    if (this.state$.value.status === 'connected') this.sendJoin(room);
    this.waiting.get(room.key)?.();
  }

  /** Resolves once the room `key` is joined. */
  joined(key: string): Promise<void> {
    return this.in(key).length > 0 ? Promise.resolve() : new Promise((resolve) => this.waiting.set(key, resolve));
  }

  /** Delivers an event to the room `key`. */
  emit(key: string, event: WireEvent): void {
    this.in(key).forEach((room) => room.event(this.wire, event));
  }

  leave(room: RoomSink): void {
    this.rooms.delete(room.id);
  }

  async call(name: string, payload: object): Promise<Reply> {
    this.calls.push({ name, payload });
    return this.answer(name, payload);
  }

  close(): void {
    this.state$.next({ status: 'closed', failures: 0 });
  }

  private in(key: string): RoomSink[] {
    return [...this.rooms.values()].filter((room) => room.key === key);
  }

  private sendJoin(room: RoomSink): void {
    room.joining(this.wire);
    const reply = this.admit(room.key);
    if (reply instanceof Fault) room.refused(this.wire, new RemoteFault(reply.toBody()));
    else if (reply) room.joined(this.wire, reply);
  }
}
