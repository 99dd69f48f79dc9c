import { createHash, randomUUID } from 'node:crypto';
import {
  Fault,
  keyInPayload,
  roomKey,
  type KeySource,
  type LegacyCodec,
  type ServiceContract,
  type ServiceTypes,
} from '@switchyard/contract';
import { parse, type Token } from 'path-to-regexp';
import { identify, type Caller } from '../../caller/caller.js';
import type { ServiceRuntime } from '../../service/service.runtime.js';
import { userOf, type Arrival } from '../../websocket/arrival.js';
import type { WireDependencies } from '../wire.dependencies.js';

/** The query parameter in which our client names its room, whatever the old endpoint makes the key of. */
const ROOM_PARAMETER = 'sy_room';

/** The id under which an old client returns. */
export interface SessionClient {
  readonly id: string;
  /** Whether the server has just made it. */
  readonly isNew: boolean;
}

/** Finds the rooms of one old endpoint's connections, and the ids of their clients. */
export class LegacyRoomKeys {
  private readonly contract: ServiceContract;
  /** The clients of the connections, where the old wire gives them ids. */
  private readonly clients = new WeakMap<Arrival, SessionClient>();

  /** @throws TypeError when the path does not give the room's key */
  constructor(
    private readonly service: ServiceRuntime,
    private readonly codec: LegacyCodec<ServiceTypes>,
    private readonly calls: WireDependencies['calls'],
  ) {
    this.contract = service.contract;
    checkPath(this.contract, codec);
  }

  /** The key of a connection's room, which the caller may not be allowed to enter; undefined when it has none. */
  async of(caller: Caller, arrival: Arrival, isOurs: boolean): Promise<string | undefined> {
    const named = isOurs ? roomKey(this.contract, arrival.query.get(ROOM_PARAMETER)) : undefined;
    if (named !== undefined) return named;
    const { address, frame } = arrival;
    const source: KeySource = { ...address, ...userOf(caller), ...(frame !== undefined && { frame }) };
    const { session, newRoom } = this.codec;
    const known = this.keyIn(source);
    const makesRoom = newRoom !== undefined || (session !== undefined && !session.idOf);
    const key = known || !makesRoom ? known : await this.makeRoom(caller, source);
    if (session?.idOf) {
      const id = session.idOf(source);
      this.clients.set(arrival, id ? { id, isNew: false } : { id: randomUUID(), isNew: true });
    } else if (session && key) this.clients.set(arrival, { id: key, isNew: key !== known });
    return key;
  }

  /** The client of an old connection whose key was found; undefined where the old wire gives no ids. */
  clientOn(arrival: Arrival): SessionClient | undefined {
    return this.clients.get(arrival);
  }

  /**
   * The caller of an old client with a session: its id makes it one client, however often it returns, for limits and
   * presence. Not the id itself, because the room's key may be known to others. Another id than the key is the user's own,
   * so that nobody else replaces a WebSocket with it.
   */
  clientOf(caller: Caller, arrival: Arrival): Caller {
    const client = this.clients.get(arrival);
    if (!client) return caller;
    const id = this.codec.session?.idOf ? JSON.stringify([caller.user?.id ?? null, client.id]) : client.id;
    const client_id = createHash('sha256').update(`${this.contract.name}\n${id}`).digest('base64url');
    return { ...caller, ...identify(caller.wire, caller.user, client_id) };
  }

  private keyIn(source: KeySource): string | undefined {
    if (this.codec.keyOf) return this.codec.keyOf(source);
    const { room } = this.contract;
    if (!('key' in room)) return undefined;
    return source.params[room.key] ?? source.query[room.key] ?? room.default;
  }

  private async makeRoom(caller: Caller, source: KeySource): Promise<string | undefined> {
    const open = this.codec.newRoom?.(source);
    if (!open) return randomUUID().replaceAll('-', '');
    const reply = await this.calls.call(this.service, open.call, open.payload, caller);
    if (!reply.ok) throw new Fault(reply.error.code, reply.error.details);
    return keyInPayload(this.contract, reply.data);
  }
}

/** @throws TypeError when the path is malformed, or its parameters do not give the room's key */
function checkPath({ name, room }: ServiceContract, { path, keyOf }: LegacyCodec<ServiceTypes>): void {
  const refuse = (why: string) => new TypeError(`unable to serve ${name} at ${path}; ${why}`);
  const params = parametersOf(path, refuse);
  if (keyOf) return;
  const given = params.length === 0 ? 'no parameter' : params.map((param) => `:${param}`).join(' and ');
  if (!('key' in room)) {
    if (params.length > 0)
      throw refuse(`the service has one room, but the path has ${given}, so its codec needs keyOf`);
    return;
  }
  const isKey = params.length === 1 && params[0] === room.key;
  if (isKey || (params.length === 0 && room.default !== undefined)) return;
  throw refuse(`the key of its rooms is :${room.key}, but the path has ${given}, so its codec needs keyOf`);
}

function parametersOf(path: string, refuse: (why: string) => TypeError): string[] {
  try {
    return namesIn(parse(path).tokens);
  } catch (error) {
    throw refuse(`its codec's path is no template; ${(error as Error).message}`);
  }
}

function namesIn(tokens: readonly Token[]): string[] {
  return tokens.flatMap((token) => {
    if (token.type === 'group') return namesIn(token.tokens);
    return 'name' in token ? [token.name] : [];
  });
}
