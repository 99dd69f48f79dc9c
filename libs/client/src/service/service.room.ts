import type { ContractEvent, EventName, EventPayload, MembersPage, ServiceTypes } from '@switchyard/contract';
import { filter, map, scan, type Observable } from 'rxjs';
import type { EventMessage, PresenceMessage, RoomMessage, SnapshotMessage } from '../room/room.message.js';

/**
 * The typed view of a room. Its observables join the room once while they have subscribers, complete with its terminal
 * event, and fail with a `Fault`.
 */
export class ServiceRoom<T extends ServiceTypes> {
  constructor(
    readonly key: string,
    /** All messages of the room in order: a snapshot first, and another one after a gap that events cannot fill. */
    readonly messages$: Observable<RoomMessage<T>>,
    private readonly askForMembers: (page: number) => Promise<MembersPage>,
  ) {}

  /** Every snapshot. */
  get snapshots$(): Observable<T['snapshot']> {
    return this.messages$.pipe(
      filter((message): message is SnapshotMessage<T> => message.kind === 'snapshot'),
      map(({ snapshot }) => snapshot),
    );
  }

  /** Every event that came while subscribed. */
  get events$(): Observable<ContractEvent<T>> {
    return this.messages$.pipe(filter((message): message is EventMessage<T> => message.kind === 'event'));
  }

  /**
   * The people in the room, and again after changes, at most every 250 ms; with more than 100 people mostly their number
   * alone. It is empty for a service without presence and on a wire that carries none.
   */
  get presence$(): Observable<PresenceMessage> {
    return this.messages$.pipe(filter((message): message is PresenceMessage => message.kind === 'presence'));
  }

  /**
   * Asks for the people in the room in the order of arrival, also without a join; the first page is 1.
   *
   * @throws RemoteFault as a join does, or `call.unknown` from a service without presence
   */
  listMembers(page = 1): Promise<MembersPage> {
    return this.askForMembers(page);
  }

  /** The payloads of one kind of event. */
  on<E extends EventName<T>>(event: E): Observable<EventPayload<T, E>> {
    return this.events$.pipe(
      filter((message) => message.event === event),
      map(({ payload }) => payload as EventPayload<T, E>),
    );
  }

  /** The room's state: the snapshot, with each event folded in by `reduce`. */
  fold(reduce: (state: T['snapshot'], event: ContractEvent<T>) => T['snapshot']): Observable<T['snapshot']> {
    return this.messages$.pipe(
      filter((message): message is SnapshotMessage<T> | EventMessage<T> => message.kind !== 'presence'),
      scan<SnapshotMessage<T> | EventMessage<T>, T['snapshot'] | undefined>((state, message) => {
        if (message.kind === 'snapshot') return message.snapshot;
        return state === undefined ? state : reduce(state, message);
      }, undefined),
      filter((state) => state !== undefined),
    );
  }
}
