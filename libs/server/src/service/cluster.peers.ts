import type { LegacyClose } from '@switchyard/contract';
import type { ClusterQuestions } from '../cluster/cluster.questions.js';
import type { RoomConnection } from '../room/room.connection.js';
import type { ServicePeers } from './service.peers.js';
import type { ServiceRuntime } from './service.runtime.js';

/** A member of a room, and the event to send to it. */
interface Sending {
  id: string;
  key: string;
  event: string;
  payload: object;
}

/** A member to take out of a room, and how its connection is closed. */
interface Eviction {
  id: string;
  key: string;
  close?: LegacyClose;
}

/** The same service in the other processes of the cluster. */
export class ClusterPeers implements ServicePeers {
  private readonly name: string;

  constructor(
    private readonly questions: ClusterQuestions,
    { contract, members }: ServiceRuntime,
  ) {
    this.name = contract.name;
    questions.answer(this.question('members'), (key: string) =>
      members.here(key).map(({ id, caller }) => ({ id, caller })),
    );
    questions.answer(this.question('send'), ({ id, key, event, payload }: Sending) =>
      members.sendHere(id, key, event, payload),
    );
    questions.answer(this.question('evict'), ({ id, key, close }: Eviction) => members.evictHere(id, key, close));
  }

  async members(key: string): Promise<RoomConnection[]> {
    return (await this.questions.ask<RoomConnection[]>(this.question('members'), key)).flat();
  }

  async send(id: string, key: string, event: string, payload: object): Promise<boolean> {
    const sending: Sending = { id, key, event, payload };
    return (await this.questions.ask<boolean>(this.question('send'), sending)).includes(true);
  }

  async evict(id: string, key: string, close?: LegacyClose): Promise<void> {
    const eviction: Eviction = { id, key, ...(close && { close }) };
    await this.questions.ask(this.question('evict'), eviction);
  }

  private question(what: string): string {
    return `${this.name}/${what}`;
  }
}
