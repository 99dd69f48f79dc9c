import type { Reply } from '@switchyard/contract';
import { BehaviorSubject, Subject } from 'rxjs';
import type {
  ControlMessage,
  RoomMember,
  Transport,
  TransportState,
  WireEvent,
  WireName,
  WireReply,
} from '../transport/transport.js';

/** A transport without a wire: a test says what arrives, and sees who joined and what was called. */
export class FakeTransport implements Transport {
  readonly ordered = true;
  readonly state$ = new BehaviorSubject<TransportState>({ status: 'connecting', failures: 0 });
  readonly control$ = new Subject<ControlMessage>();
  readonly rooms = new Map<string, RoomMember>();
  readonly calls: { name: string; payload: object }[] = [];
  /** How calls are answered. */
  answer: (name: string, payload: object) => Reply | Promise<Reply> = () => ({ ok: true, data: {} });
  /** How joins are answered, by the room's key; undefined leaves one open. */
  admit: (key: string) => WireReply | undefined = () => ({ recovered: false });

  private readonly waiting = new Map<string, () => void>();

  constructor(readonly wire: WireName = 'socketio') {}

  connect(): void {
    this.state$.next({ status: 'connected', failures: 0 });
  }

  join(room: RoomMember): void {
    this.rooms.set(room.key, room);
    room.joining(this.wire);
    const reply = this.admit(room.key);
    if (reply) room.joined(this.wire, reply);
    this.waiting.get(room.key)?.();
  }

  /** Settles once somebody is in the room `key`. */
  joined(key: string): Promise<void> {
    return this.rooms.has(key) ? Promise.resolve() : new Promise((resolve) => this.waiting.set(key, resolve));
  }

  /** Lets an event arrive in the room `key`. */
  emit(key: string, event: WireEvent): void {
    this.rooms.get(key)?.event(this.wire, event);
  }

  leave(room: RoomMember): void {
    this.rooms.delete(room.key);
  }

  async call(name: string, payload: object): Promise<Reply> {
    this.calls.push({ name, payload });
    return this.answer(name, payload);
  }

  close(): void {
    this.state$.next({ status: 'closed', failures: 0 });
  }
}
