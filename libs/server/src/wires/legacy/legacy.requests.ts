import type { Logger } from '@nestjs/common';
import {
  Fault,
  type ContractCall,
  type ErrorBody,
  type LegacyCodec,
  type LegacyFrame,
  type Reply,
  type RequestId,
  type ServiceTypes,
} from '@switchyard/contract';
import type { ServiceRuntime } from '../../service/service.runtime.js';
import { frameIn, readValue } from '../../websocket/frame.reader.js';
import { checkRequestId } from '../../websocket/request.id.js';
import type { WireDependencies } from '../wire.dependencies.js';
import type { LegacyPeer } from './legacy.peer.js';
import { isBatch, sizeOf } from './request.batch.js';

/** Takes the answer to one frame, exactly once; undefined when it has none. */
type Answer = (frame: LegacyFrame | undefined) => void;

/** Reads the frames of the old clients of one endpoint, makes their calls, and answers them in the codec's words. */
export class LegacyRequests {
  constructor(
    private readonly service: ServiceRuntime,
    private readonly codec: LegacyCodec<ServiceTypes>,
    private readonly wires: Pick<WireDependencies, 'calls' | 'sizes'>,
    private readonly logger: Logger,
  ) {}

  receive(peer: LegacyPeer, data: Buffer, isBinary: boolean): void {
    const answer: Answer = (frame) => {
      if (frame !== undefined) this.guard(() => peer.send(frame));
    };
    if (isBinary && this.codec.decodeBinaryCall) {
      const read = () => this.codec.decodeBinaryCall!(data, peer.context());
      return this.take(peer, undefined, data.length, answer, read);
    }
    const value = readValue(data);
    const { maxBatch } = this.codec;
    if (isBatch(value, maxBatch)) this.takeBatch(peer, value, answer);
    else this.take(peer, value, data.length, answer);
  }

  /** Makes the requests of one frame side by side, and answers them in one frame, in their order; in none when no request has an answer. */
  private takeBatch(peer: LegacyPeer, requests: readonly unknown[], answer: Answer): void {
    const answers: (LegacyFrame | undefined)[] = requests.map(() => undefined);
    let missing = requests.length;
    for (const [index, request] of requests.entries()) {
      this.take(peer, request, sizeOf(request), (frame) => {
        answers[index] = frame;
        missing -= 1;
        if (missing > 0) return;
        const given = answers.filter((each) => each !== undefined);
        // An array of frames is no frame for a codec, but can be sent as one.
        if (given.length > 0) answer(given as unknown as LegacyFrame);
      });
    }
  }

  /** @param readBytes reads the call where the frame is not JSON */
  private take(
    peer: LegacyPeer,
    value: unknown,
    bytes: number,
    answer: Answer,
    readBytes?: () => ContractCall<ServiceTypes> | undefined,
  ): void {
    let id: RequestId | undefined;
    try {
      const frame = withoutEnvelope(peer, frameIn(value));
      if (frame !== undefined) {
        id = checkRequestId(this.codec.requestId?.(frame));
        const answered = this.codec.answer?.(frame);
        if (answered !== undefined) return answer(answered);
      }
      const call = frame === undefined ? readBytes?.() : this.codec.decodeCall(frame, peer.context(id));
      if (!call) throw new Fault('input.invalid', { expected: 'a frame of this wire' });
      const asked = withCorrelation(peer, value, call.payload);
      const payload = this.wires.sizes.fit(this.service.contract.name, call.call, bytes, asked);
      void this.wires.calls
        .call(this.service, call.call, payload, peer.caller)
        .then((reply) => this.reply(peer, call, reply, id, answer));
    } catch (thrown) {
      const fault = Fault.from(thrown);
      if (fault.code === 'call.failed') {
        this.logger.error(`unable to read a frame of ${this.codec.path}; ${String(thrown)}`);
      }
      this.refuse(peer, fault.toBody(), id, answer);
    }
  }

  /** Answers a call; without replies in the codec, a client learns only of a refusal. */
  private reply(
    peer: LegacyPeer,
    call: ContractCall<ServiceTypes>,
    reply: Reply,
    id: RequestId | undefined,
    answer: Answer,
  ): void {
    const { codec } = this;
    if (!codec.encodeReply) return reply.ok ? answer(undefined) : this.refuse(peer, reply.error, id, answer);
    const encoded = this.guard(() => ({ frame: codec.encodeReply!(call, reply, peer.context(id)) }));
    if (encoded) return answer(encoded.frame);
    this.refuse(peer, new Fault('call.failed').toBody(), id, answer);
  }

  /** Sends a client an error; where the old wire has no frame for it, logs that once. */
  private refuse(peer: LegacyPeer, error: ErrorBody, id: RequestId | undefined, answer: Answer): void {
    const encoded = this.guard(() => ({ frame: peer.errorFrame(error, id) }));
    answer(encoded?.frame);
    if (!encoded || encoded.frame !== undefined || peer.wasRefused) return;
    peer.wasRefused = true;
    this.logger.warn(
      `unable to answer a client of ${this.codec.path}; this wire has no frame for ${error.code}, and further ones are not logged`,
    );
  }

  /** A codec that fails must not end the process; the failure is logged. */
  private guard<T>(step: () => T): T | undefined {
    try {
      return step();
    } catch (error) {
      this.logger.error(`unable to translate for ${this.codec.path}; ${String(error)}`);
      return undefined;
    }
  }
}

/** The frame as an old client would send it: ours adds a field. */
function withoutEnvelope(peer: LegacyPeer, frame: LegacyFrame | undefined): LegacyFrame | undefined {
  if (!peer.positions || typeof frame !== 'object' || !('_sy' in frame)) return frame;
  const { _sy, ...rest } = frame;
  return rest;
}

/** The payload with the `correlation_id` that our client sends beside an old frame, so that a repeat is recognised. */
function withCorrelation(peer: LegacyPeer, frame: unknown, payload: object): object {
  if (!peer.positions) return payload;
  const { correlation_id } = (frame as { _sy?: { correlation_id?: unknown } | null } | undefined)?._sy ?? {};
  return correlation_id === undefined ? payload : { ...payload, correlation_id };
}
