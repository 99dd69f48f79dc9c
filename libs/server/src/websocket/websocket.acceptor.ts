import { Logger } from '@nestjs/common';
import { Fault, type LegacyRefusal } from '@switchyard/contract';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Caller } from '../caller/caller.js';
import { agentOf } from '../http/client.agent.js';
import type { UpgradeRequest } from '../http/upgrade.router.js';
import type { WireDependencies } from '../wires/wire.dependencies.js';
import { arrivalContext, type Arrival } from './arrival.js';
import { readCredential } from './legacy.request.js';
import { MessageTokens } from './message.tokens.js';
import { PendingSockets, type Admitted } from './pending.sockets.js';
import { RefusedSockets } from './refused.sockets.js';
import type { ArrivedFrame } from './unreadable.frames.js';
import type { WebSocketConnection } from './websocket.connection.js';
import { WebSocketDoor, type DoorCodec } from './websocket.door.js';

/** Lets the clients of one old WebSocket path in through the door of its codec, and follows each connection until it closes. */
export abstract class WebSocketAcceptor<P extends WebSocketConnection> {
  /** The open connections, by id. */
  readonly peers = new Map<string, P>();
  protected readonly logger = new Logger('legacy');
  private readonly door: WebSocketDoor;
  private readonly refused: RefusedSockets;
  /** Undefined where no client authenticates in a message. */
  private readonly pending: PendingSockets | undefined;
  private readonly tokens: MessageTokens | undefined;
  private acceptor: WebSocketServer | undefined;

  constructor(
    protected readonly wires: WireDependencies,
    readonly name: string,
    readonly path: string,
    codec: DoorCodec,
  ) {
    this.door = new WebSocketDoor(codec, path);
    this.refused = new RefusedSockets(wires.unauthenticated);
    const { authentication } = codec;
    if (!authentication) return;
    this.tokens = new MessageTokens(authentication, this.door, wires);
    this.pending = new PendingSockets(authentication, this.door, wires.unauthenticated, this.refused, {
      authenticate: (arrival, token) => this.authenticate(arrival, token),
      roomOf: async (arrival, caller) => {
        // The service may have been retired while the client took its time.
        this.checkStage();
        return this.admit(caller, arrival);
      },
      open: (ws, admitted, held) => this.open(ws, admitted, held),
    });
  }

  /** Takes an upgrade request. @throws Fault `service.retired`, `origin.refused`, `auth.*` and those of `admit` */
  async accept(upgrade: UpgradeRequest): Promise<void> {
    const { token, ...arrival } = this.read(upgrade);
    let caller: Caller | undefined;
    let key: string;
    try {
      this.checkStage();
      if (!token && this.pending && !this.isOurs(upgrade.query)) {
        this.wires.callers.checkOrigin(upgrade.request);
        return this.upgrade(arrival, (ws) => this.pending!.add(ws, arrival));
      }
      caller = await this.authenticate(arrival, token);
      key = await this.admit(caller, arrival);
    } catch (thrown) {
      return this.turnAway(arrival, Fault.from(thrown), caller);
    }
    this.upgrade(arrival, (ws) => this.open(ws, { arrival, caller, key }));
  }

  /** Closes the sockets whose clients have not authenticated yet. */
  closePending(code: number, reason: string): void {
    this.pending?.close(code, reason);
  }

  /** The largest frame that is read, in bytes; 0 for no limit. A frame over the limit of a call is answered, one over this closes. */
  protected abstract get maxFrame(): number;
  /** @throws Fault `service.retired` when nobody is served here any more */
  protected abstract checkStage(): void;
  /** Checks a caller before it gets in, and returns the key of its room. */
  protected abstract admit(caller: Caller, arrival: Arrival): Promise<string>;
  protected abstract connect(
    socket: WebSocket,
    caller: Caller,
    query: URLSearchParams,
    key: string,
    arrival: Arrival,
  ): P;
  /** Called once a connection is counted; sends its first frames. */
  protected abstract opened(peer: P, query: URLSearchParams): void;
  protected abstract receive(peer: P, data: Buffer, isBinary: boolean): void;
  /** Called once a connection has closed; `isLost` when neither side has said goodbye. */
  protected abstract closed(peer: P, isLost: boolean): void;

  /** Whether the client is ours, which is refused in its own words and sends its token as to any server of ours. */
  protected isOurs(_query: URLSearchParams): boolean {
    return false;
  }

  /** How our client is refused, where it is accepted for that; undefined for an HTTP status. */
  protected refusalOfOurs(_fault: Fault): LegacyRefusal | undefined {
    return undefined;
  }

  /** Reads an upgrade request; where the codec says where tokens are, there is no other place for one. */
  private read(upgrade: UpgradeRequest): Arrival & { token: string | undefined } {
    const isUsual = this.isOurs(upgrade.query) || !this.door.hasTokens;
    return { ...upgrade, ...readCredential(upgrade, isUsual ? undefined : (request) => this.door.tokenIn(request)) };
  }

  private authenticate({ request, query }: Arrival, token = ''): Promise<Caller> {
    return this.wires.callers.ofUpgrade(request, this.name, query, token);
  }

  private upgrade({ request, socket, head }: Arrival, accepted: (ws: WebSocket) => void): void {
    if (socket.destroyed) return;
    // Not earlier: which services are served here decides the largest frame.
    this.acceptor ??= new WebSocketServer({
      noServer: true,
      maxPayload: this.maxFrame,
      clientTracking: false,
      ...this.door.serverOptions,
    });
    this.acceptor.handleUpgrade(request, socket, head, accepted);
  }

  /** Refuses an upgrade, in a frame where the client understands one: a browser hides the status. @throws Fault */
  private turnAway(arrival: Arrival, fault: Fault, caller: Caller | undefined): void {
    const refusal = this.isOurs(arrival.query)
      ? this.refusalOfOurs(fault)
      : this.door.refusal(fault.toBody(), arrivalContext(arrival.address, caller));
    if (!refusal) throw fault;
    if (fault.code === 'call.failed') this.door.report(fault.cause);
    this.upgrade(arrival, (ws) => this.refused.refuse(ws, arrival.socket, refusal));
  }

  private open(ws: WebSocket, { arrival, caller: arrived, key }: Admitted, held: readonly ArrivedFrame[] = []): void {
    const { query, request, address } = arrival;
    const peer = this.connect(ws, arrived, query, key, arrival);
    const { caller } = peer;
    const isOurs = this.isOurs(query);
    peer.agent = agentOf(request, query);
    peer.isCompressed = this.door.isCompressed;
    if (!isOurs) {
      peer.refusalFor = (error, request_id) =>
        this.door.refusal(error, arrivalContext(address, peer.caller, request_id));
    }
    this.peers.set(peer.id, peer);
    ws.on('error', () => ws.terminate());
    const receive = ({ data, isBinary }: ArrivedFrame) => {
      peer.alive = true;
      if (this.door.unreadable.take(peer, { data, isBinary })) return;
      if (isBinary || !this.tokens?.take(peer, data, address)) this.receive(peer, data, isBinary);
    };
    ws.on('message', (data, isBinary) => receive({ data: data as Buffer, isBinary }));
    const left = this.wires.connections.enter(caller, peer.id, peer.eviction);
    ws.once('close', this.wires.credentials.enter(peer));
    ws.once('close', (code) => {
      left?.();
      this.peers.delete(peer.id);
      this.closed(peer, peer.isLost(code));
    });
    this.opened(peer, query);
    held.forEach(receive);
  }
}
