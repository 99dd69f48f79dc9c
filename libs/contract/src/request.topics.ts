import { Fault, type ErrorBody } from './fault.js';
import type { LegacyFrame } from './legacy.frame.js';
import type { Reply } from './reply.js';
import type { RequestId } from './request.id.js';
import type { ServiceContract } from './service.contract.js';
import type { ContractCall, ServiceTypes } from './service.types.js';
import type { TopicCodec, TopicContext, TopicSocket } from './topics.codec.js';

/** A request of a client: what it asks for, and the fields that it gives. */
export interface NamedRequest {
  readonly name: unknown;
  /** An object; anything else has no topic, and is refused as the payload of a call. */
  readonly fields: unknown;
}

/** What is special to a socket of one service whose clients send named requests, each with one answer. */
export interface RequestTopicsOptions<T extends ServiceTypes>
  extends
    Omit<TopicSocket, 'decode' | 'encodeSubscribed' | 'encodeUnsubscribed' | 'encodeError'>,
    Pick<TopicCodec<T>, 'encodeEvent' | 'perConnection'> {
  /** The name of the request that subscribes. Its topic is the key of a room, in the field that the contract names. */
  readonly subscribe: string;
  /** The name of the request that ends a subscription. */
  readonly unsubscribe: string;
  /** The names of the requests that are calls, where they are not the contract's. */
  readonly calls?: { readonly [N in keyof T['calls']]?: string };
  /** The request in a frame; `{ id, type, …fields }` when undefined. @throws Fault `input.invalid` for a frame that is none */
  read?(frame: LegacyFrame): NamedRequest;
  /** What the socket answers by itself, also before authentication, such as a text `ping`; undefined for a request. */
  answer?(frame: LegacyFrame): LegacyFrame | undefined;
  /** The answer to a request: the state of a room that was subscribed to, the reply to a call, or why it is refused; undefined for none. */
  encodeAnswer(reply: Reply, context: TopicContext): LegacyFrame | undefined;
  /** The data in the answer to a request that ends a subscription; `{}` when undefined. */
  unsubscribed?(wasSubscribed: boolean): unknown;
}

/**
 * The codec for an old socket of one service whose clients send named requests, each with one answer. A topic is the key of
 * its room. A request of another name is refused with `call.unknown`, whose details have the name as `call`.
 *
 * @throws TypeError when the contract has one room without a key, or a name is given twice
 */
export function requestTopics<T extends ServiceTypes>(
  { name: service, room, calls }: ServiceContract<T>,
  options: RequestTopicsOptions<T>,
): TopicCodec<T> {
  const { subscribe, unsubscribe, calls: renamed, read = typedRequest, ...answers } = options;
  const { answer, encodeAnswer, unsubscribed, encodeEvent, perConnection, authentication, ...socket } = answers;
  if (!('key' in room)) throw new TypeError(`unable to find topics in requests; the room of ${service} has no key`);
  const names = new Map<unknown, string>([...calls.keys()].map((call) => [renamed?.[call] ?? call, call]));
  if (new Set([subscribe, unsubscribe, ...names.keys()]).size !== calls.size + 2) {
    throw new TypeError(`unable to tell the requests of ${service} apart; two have the same name`);
  }
  const refused = (error: ErrorBody, context: TopicContext) => encodeAnswer({ ok: false, error }, context);
  const done = (data: unknown, context: TopicContext) => some(encodeAnswer({ ok: true, data }, context));
  return {
    socket: {
      requestId: idIn,
      ...socket,
      ...(authentication && { authentication: { ...(answer && { answer }), ...authentication } }),
      decode(frame) {
        const own = answer?.(frame);
        if (own !== undefined) return { kind: 'answer', frame: own };
        const { name, fields } = read(frame);
        const topic = (fields as Record<string, unknown> | null)?.[room.key];
        if (name === subscribe) return { kind: 'subscribe', topics: [topic] };
        if (name === unsubscribe) return { kind: 'unsubscribe', topics: [topic] };
        if (!names.has(name)) throw new Fault('call.unknown', { call: name });
        return topic === undefined ? { kind: 'call', frame } : { kind: 'call', frame, topic };
      },
      encodeUnsubscribed: (topics, context) =>
        topics.flatMap(({ wasSubscribed }) => done(unsubscribed ? unsubscribed(wasSubscribed) : {}, context)),
      encodeError: refused,
    },
    ...(perConnection && { perConnection }),
    encodeEvent,
    keyOf: (topic) => topic,
    topicOf: (key) => key,
    // A snapshot after lost events answers no request.
    encodeSnapshot: (snapshot, context) => (context.request_id === undefined ? [] : done(snapshot, context)),
    decodeCall(frame) {
      const { name, fields } = read(frame);
      const call = names.get(name);
      return call === undefined ? undefined : ({ call, payload: fields } as ContractCall<T>);
    },
    encodeReply: (_call, reply, context) => encodeAnswer(reply, context),
  };
}

function typedRequest(frame: LegacyFrame): NamedRequest {
  if (typeof frame === 'string') throw new Fault('input.invalid', { expected: 'a request' });
  const { id: _, type: name, ...fields } = frame;
  return { name, fields };
}

function idIn(frame: LegacyFrame): RequestId | undefined {
  return typeof frame === 'string' ? undefined : (frame.id as RequestId | undefined);
}

function some(frame: LegacyFrame | undefined): readonly LegacyFrame[] {
  return frame === undefined ? [] : [frame];
}
