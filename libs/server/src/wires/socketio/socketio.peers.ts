import type { RoomConnection } from '../../room/room.connection.js';
import type { ServicePeers, ServiceRuntime } from '../../service/service.runtime.js';
import type { ServiceNamespace } from './socketio.connection.js';

/** How long there may be no answer at all, in ms: longer than the adapter waits for those that are missing. */
const GIVE_UP_MS = 3000;

const MEMBERS = 'switchyard:members';
const SEND = 'switchyard:send';
const EVICT = 'switchyard:evict';

/** The same service in other processes, asked through Socket.IO's adapter. */
export class SocketIoPeers implements ServicePeers {
  constructor(
    private readonly namespace: ServiceNamespace,
    service: ServiceRuntime,
  ) {
    namespace.on(MEMBERS, (key: string, answer: (members: RoomConnection[]) => void) => {
      answer(service.membersHere(key).map(({ id, caller }) => ({ id, caller })));
    });
    namespace.on(SEND, (id: string, key: string, event: string, payload: object, answer: (sent: boolean) => void) => {
      answer(service.sendHere(id, key, event, payload));
    });
    namespace.on(EVICT, (id: string, key: string, answer: () => void) => {
      void service.evictHere(id, key).then(() => answer());
    });
  }

  async members(key: string): Promise<RoomConnection[]> {
    return (await this.ask<RoomConnection[]>(MEMBERS, key)).flat();
  }

  async send(memberId: string, key: string, event: string, payload: object): Promise<boolean> {
    return (await this.ask<boolean>(SEND, memberId, key, event, payload)).includes(true);
  }

  async evict(memberId: string, key: string): Promise<void> {
    await this.ask(EVICT, memberId, key);
  }

  /** The answers of those that answer in time: none while Redis is away, when the adapter says nothing. */
  private ask<T>(question: string, ...about: unknown[]): Promise<T[]> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve([]), GIVE_UP_MS);
      this.namespace.serverSideEmit(question, ...about, (_late: Error | null, answers: T[] = []) => {
        clearTimeout(timer);
        resolve(answers);
      });
    });
  }
}
