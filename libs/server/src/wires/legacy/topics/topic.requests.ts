import {
  Fault,
  type LegacyFrame,
  type RequestId,
  type SentFrame,
  type TopicRequest,
  type TopicSocket,
} from '@switchyard/contract';
import { POLICY } from '../../../websocket/closing.js';
import { frameIn, readValue } from '../../../websocket/frame.reader.js';
import { checkRequestId } from '../../../websocket/request.id.js';
import { isBatch, sizeOf } from '../request.batch.js';
import type { TopicAnswer } from './topic.answer.js';
import type { TopicErrors } from './topic.errors.js';
import type { TopicService } from './topic.service.js';
import { shown, type TopicSubscriptions } from './topic.subscriptions.js';
import type { TopicsPeer } from './topics.peer.js';

/** How much of a connection may wait for its turn, in bytes: a client may send faster than rooms answer. */
const MAX_WAITING = 1_048_576;
/** What a frame that waits costs apart from its text, in bytes. */
const OVERHEAD = 256;

type MaybePromise<T> = T | Promise<T>;

/** Reads the frames of one socket's clients, and answers their requests in order. */
export class TopicRequests {
  constructor(
    private readonly socket: TopicSocket,
    private readonly services: readonly TopicService[],
    private readonly subscriptions: TopicSubscriptions,
    private readonly errors: TopicErrors,
  ) {}

  receive(peer: TopicsPeer, data: Buffer): void {
    // A frame may arrive after the server has begun to close.
    if (!peer.open) return;
    const waits = peer.turns.isBusy;
    if (waits && peer.waiting > MAX_WAITING) {
      return peer.dismiss(new Fault('rate.limited', { limit_bytes: MAX_WAITING }).toBody(), POLICY);
    }
    const answered = this.take(peer, data);
    if (!waits) return;
    const cost = data.length + OVERHEAD;
    peer.waiting += cost;
    void answered?.then(() => (peer.waiting -= cost));
  }

  /** Answers a frame; a promise when it has to wait for that. */
  private take(peer: TopicsPeer, data: Buffer): Promise<void> | undefined {
    const value = readValue(data);
    if (!isBatch(value, this.socket.maxBatch)) {
      return this.answer(peer, false, (changes) => [this.begin(peer, value, data.length, changes)]);
    }
    return this.answer(peer, true, (changes) => value.map((each) => this.begin(peer, each, sizeOf(each), changes)));
  }

  private answer(
    peer: TopicsPeer,
    isOneFrame: boolean,
    begin: (changes: () => void) => readonly MaybePromise<TopicAnswer>[],
  ): Promise<void> | undefined {
    let isChange = false;
    const answers = begin(() => (isChange = true));
    if (answers.every(isReady)) return void this.send(peer, answers, isOneFrame);
    const sent = Promise.all(answers.map(async (answer) => answer)).then((all) => this.send(peer, all, isOneFrame));
    if (isChange) peer.turns.until(sent);
    return sent;
  }

  /** Begins a request, and says whether it changes topics; never throws or rejects. */
  private begin(peer: TopicsPeer, value: unknown, bytes: number, changes: () => void): MaybePromise<TopicAnswer> {
    let request_id: RequestId | undefined;
    const refusal = (thrown: unknown, topic?: string): TopicAnswer => ({
      frames: this.errors.framesOf(peer, this.errors.bodyOf(thrown), topic, request_id),
    });
    try {
      const frame = frameIn(value);
      if (frame === undefined) throw new Fault('input.invalid', { expected: 'a frame of this wire' });
      request_id = checkRequestId(this.socket.requestId?.(frame));
      const request = this.socket.decode(frame, peer.context(undefined, request_id));
      if (request.kind === 'answer') return peer.turns.after(() => ({ frames: some(request.frame) }));
      if (request.kind === 'call') {
        const topic = shown(request.topic) || undefined;
        return peer.turns.after(() =>
          this.call(peer, request, bytes, request_id).catch((thrown: unknown) => refusal(thrown, topic)),
        );
      }
      const { kind, topics } = request;
      changes();
      return peer.turns.change(() => this.subscriptions[kind](peer, topics, request_id).catch(refusal));
    } catch (thrown) {
      return peer.turns.after(() => refusal(thrown));
    }
  }

  private async call(
    peer: TopicsPeer,
    { topic, frame }: Extract<TopicRequest, { kind: 'call' }>,
    bytes: number,
    request_id: RequestId | undefined,
  ): Promise<TopicAnswer> {
    if (topic !== undefined) {
      const { service, key } = this.subscriptions.find(topic);
      const context = { ...peer.context(service.codec.topicOf(key), request_id), key };
      const call = service.callIn(frame, context);
      if (!call) throw new Fault('input.invalid', { expected: 'a call of this wire' });
      return { frames: some(await service.call(peer, call, bytes, context)) };
    }
    const context = peer.context(undefined, request_id);
    for (const service of this.services) {
      const call = service.callIn(frame, context);
      if (call) return { frames: some(await service.call(peer, call, bytes, context)) };
    }
    throw new Fault('call.unknown');
  }

  /** Sends answers, each in its own frames or all in one. */
  private send(peer: TopicsPeer, answers: readonly TopicAnswer[], isOneFrame: boolean): void {
    const frames = answers.flatMap((answer) => answer.frames);
    // JSON may not express what the codec made.
    const failed = this.errors.attempt(peer, undefined, () => {
      if (!isOneFrame) frames.forEach((frame) => peer.send(frame));
      else this.sendTogether(peer, frames);
      return [];
    });
    for (const frame of failed) peer.send(frame);
    for (const answer of answers) answer.sent?.();
  }

  private sendTogether(peer: TopicsPeer, frames: readonly SentFrame[]): void {
    const texts = frames.filter((frame) => !(frame instanceof Uint8Array));
    // An array of frames is no frame for a codec, but can be sent as one.
    if (texts.length > 0) peer.send(texts as unknown as LegacyFrame);
    for (const frame of frames) if (frame instanceof Uint8Array) peer.send(frame);
  }
}

function isReady(answer: MaybePromise<TopicAnswer>): answer is TopicAnswer {
  return !(answer instanceof Promise);
}

function some(frame: LegacyFrame | undefined): readonly LegacyFrame[] {
  return frame === undefined ? [] : [frame];
}
