import { Fault, type LegacyFrame, type MessageAuthentication, type UnreadableAnswer } from '@switchyard/contract';
import type { WebSocket } from 'ws';
import type { Caller } from '../caller/caller.js';
import type { UnauthenticatedSockets } from '../limits/unauthenticated.sockets.js';
import { arrivalContext, type Arrival } from './arrival.js';
import { readFrame } from './frame.reader.js';
import { PendingSocket } from './pending.socket.js';
import type { RefusedSockets } from './refused.sockets.js';
import type { ArrivedFrame } from './unreadable.frames.js';
import type { WebSocketDoor } from './websocket.door.js';

/** A client that is let in, with the key of its room. */
export interface Admitted {
  readonly arrival: Arrival;
  readonly caller: Caller;
  readonly key: string;
}

/** The endpoint of the sockets that wait. */
export interface PendingHost {
  /** The caller with this token, undefined for an anonymous one. @throws Fault */
  authenticate(arrival: Arrival, token: string | undefined): Promise<Caller>;
  /** The key of the caller's room. @throws Fault */
  roomOf(arrival: Arrival, caller: Caller): Promise<string>;
  /** Serves a client; `held` are the frames that it sent meanwhile. */
  open(ws: WebSocket, admitted: Admitted, held: readonly ArrivedFrame[]): void;
}

/** The accepted WebSockets of one endpoint whose clients authenticate in their first message. */
export class PendingSockets {
  private readonly waiting = new Set<PendingSocket>();

  constructor(
    private readonly authentication: MessageAuthentication,
    private readonly door: WebSocketDoor,
    private readonly sockets: UnauthenticatedSockets,
    private readonly refused: RefusedSockets,
    private readonly host: PendingHost,
  ) {}

  /** Waits for the first message of an accepted WebSocket. */
  add(ws: WebSocket, arrival: Arrival): void {
    const { address, socket } = arrival;
    const pending: PendingSocket = new PendingSocket(ws, socket, this.authentication, {
      frame: (frame) =>
        void this.read(pending, arrival, frame).catch((thrown: unknown) => pending.fail(Fault.from(thrown))),
      failed: (fault, refusal) => {
        over();
        const inFrames = () =>
          this.door.refusalInFrames(fault, arrivalContext(address, pending.caller, pending.request_id));
        this.refused.refuse(ws, socket, refusal ?? inFrames());
      },
    });
    const tooMany = () => pending.fail(new Fault('connection.limit', { limit: this.sockets.limit }));
    const leave = this.sockets.enter('waiting', tooMany);
    const over = () => {
      this.waiting.delete(pending);
      leave();
    };
    this.waiting.add(pending);
    ws.once('close', over);
    pending.admitted = over;
    const greeting = this.door.attempt(() => this.authentication.greeting?.(arrivalContext(address)));
    for (const frame of greeting ?? []) pending.send(frame);
  }

  /** Closes every socket that waits, because the process stops. */
  close(code: number, reason: string): void {
    for (const pending of this.waiting) {
      pending.release();
      this.refused.refuse(pending.ws, pending.socket, { frames: [], close: { code, reason } });
    }
    this.waiting.clear();
  }

  private async read(pending: PendingSocket, arrival: Arrival, arrived: ArrivedFrame): Promise<void> {
    const unreadable = this.door.unreadable.answerTo(arrived);
    if (unreadable) return this.answerUnreadable(pending, unreadable);
    const frame = readFrame(arrived.data);
    if (frame === undefined) throw new Fault('input.invalid', { expected: 'a frame of this wire' });
    pending.request_id = this.door.requestIdIn(frame);
    const credential = this.door.credentialIn(frame);
    if (!credential) return this.answer(pending, arrival, frame);
    pending.hold();
    const asking = { ...arrival, frame };
    const caller = (pending.caller = await this.host.authenticate(asking, credential.token));
    const key = await this.host.roomOf(asking, caller);
    if (!pending.isWaiting) return;
    const held = pending.release();
    pending.admitted();
    const context = arrivalContext(arrival.address, caller, pending.request_id);
    for (const each of this.door.attempt(() => this.authentication.accepted?.(context)) ?? []) pending.send(each);
    this.host.open(pending.ws, { arrival: asking, caller, key }, held);
  }

  private answerUnreadable(pending: PendingSocket, { frames = [], close }: UnreadableAnswer): void {
    if (close) return pending.fail(new Fault('input.invalid'), { frames, close });
    for (const frame of frames) pending.send(frame);
  }

  private answer(pending: PendingSocket, { address }: Arrival, frame: LegacyFrame): void {
    const context = arrivalContext(address, undefined, pending.request_id);
    const answer = this.door.attempt(() => this.authentication.answer?.(frame, context));
    if (answer === undefined) throw new Fault('auth.required');
    pending.send(answer);
    pending.request_id = undefined;
  }
}
