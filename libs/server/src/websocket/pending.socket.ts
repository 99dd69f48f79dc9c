import type { Duplex } from 'node:stream';
import {
  Fault,
  type LegacyFrame,
  type LegacyRefusal,
  type MessageAuthentication,
  type RequestId,
} from '@switchyard/contract';
import type { WebSocket } from 'ws';
import type { Caller } from '../caller/caller.js';
import { timerMs } from '../timer/long.timer.js';
import type { ArrivedFrame } from './unreadable.frames.js';

/** How long a client may take, in ms, and how much it may send until it is accepted. */
const WITHIN_MS = 10_000;
const MAX_FRAMES = 16;
/** The most that it may send, in bytes. */
export const MAX_BYTES = 16_384;

/** Receives what happens on a WebSocket that waits for a credential. */
export interface PendingListener {
  /** A frame arrived, while no credential is checked. */
  frame(frame: ArrivedFrame): void;
  /** The client took too long, sent too much or sent what cannot be read; called at most once. */
  failed(fault: Fault, refusal?: LegacyRefusal): void;
}

/**
 * One accepted WebSocket whose client has not authenticated yet. The client is limited in time, frames and bytes; the bytes
 * are counted as they arrive, because a message in pieces is kept in memory until its last piece.
 */
export class PendingSocket {
  /** Its client, as soon as it is known. */
  caller?: Caller;
  /** The id of the request that is being read. */
  request_id: RequestId | undefined;
  /** Called when its client is accepted. */
  admitted: () => void = () => undefined;
  /** The frames that arrived while the credential was checked. */
  private held: ArrivedFrame[] | undefined;
  private frames = 0;
  private bytes = 0;
  private readonly timer: NodeJS.Timeout;
  private readonly max_frames: number;
  private readonly max_bytes: number;
  private isOver = false;

  constructor(
    readonly ws: WebSocket,
    readonly socket: Duplex,
    { within_ms = WITHIN_MS, max_frames = MAX_FRAMES, max_bytes = MAX_BYTES }: MessageAuthentication,
    private readonly listener: PendingListener,
  ) {
    this.max_frames = max_frames;
    this.max_bytes = max_bytes;
    this.timer = setTimeout(() => this.fail(new Fault('auth.required', { within_ms })), timerMs(within_ms));
    // Before the WebSocket reads them: it may find a whole message in the bytes that are too many.
    socket.prependListener('data', this.onData);
    ws.on('message', this.onMessage);
    ws.on('error', this.onError);
    ws.once('close', this.stop);
  }

  /** Whether it still waits, or its credential is checked. */
  get isWaiting(): boolean {
    return !this.isOver;
  }

  /** Keeps further frames until `release`, because the credential is being checked. */
  hold(): void {
    this.held ??= [];
  }

  send(frame: LegacyFrame): void {
    this.ws.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** Ends the waiting, and returns the frames that were kept. */
  release(): readonly ArrivedFrame[] {
    this.stop();
    return this.held ?? [];
  }

  /** Ends the waiting with a refusal: this one, else that of the fault. */
  fail(fault: Fault, refusal?: LegacyRefusal): void {
    if (this.isOver) return;
    this.stop();
    this.listener.failed(fault, refusal);
  }

  private readonly stop = (): void => {
    this.isOver = true;
    clearTimeout(this.timer);
    this.socket.off('data', this.onData);
    this.ws.off('message', this.onMessage);
    this.ws.off('close', this.stop);
    // Not `error`: until another listener is there, an error would end the process.
  };

  private readonly onError = (): void => this.ws.terminate();

  private readonly onData = (chunk: Buffer): void => {
    this.bytes += chunk.length;
    if (this.bytes > this.max_bytes) this.fail(new Fault('payload.too_large', { limit_bytes: this.max_bytes }));
  };

  private readonly onMessage = (data: unknown, isBinary: boolean): void => {
    this.frames += 1;
    if (this.frames > this.max_frames) this.fail(new Fault('rate.limited', { limit: this.max_frames }));
    else if (this.held) this.held.push({ data: data as Buffer, isBinary });
    else this.listener.frame({ data: data as Buffer, isBinary });
  };
}
