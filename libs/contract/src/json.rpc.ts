import { Fault, type ErrorBody } from './fault.js';
import type { LegacyCodec } from './legacy.codec.js';
import type { LegacyContext } from './legacy.context.js';
import type { LegacyFrame } from './legacy.frame.js';
import type { LegacyRequests } from './legacy.requests.js';
import type { RequestId } from './request.id.js';
import type { ContractCall, ServiceTypes } from './service.types.js';

/** How the methods of a JSON-RPC wire relate to the calls of a contract; by default they have the same names and fields. */
export interface JsonRpcOptions<T extends ServiceTypes> {
  /** The call of a request; `params` is an object or array, `{}` when the request has none. @throws Fault `input.invalid` */
  decode?(method: string, params: object, context: LegacyContext): ContractCall<T>;
  /** The method and params of a call; undefined when the old wire has no such method. */
  encode?(call: ContractCall<T>): { method: string; params: object } | undefined;
  /** The most requests in a batch (default 100); 0 refuses batches. */
  maxBatch?: number;
}

/** The parts of a codec that JSON-RPC 2.0 defines. */
export type JsonRpcCodec<T extends ServiceTypes> = LegacyRequests<T> &
  Required<Pick<LegacyCodec<T>, 'decodeCall' | 'encodeCall' | 'encodeError'>>;

const VERSION = '2.0';
const DEFAULT_MAX_BATCH = 100;
const PARSE_ERROR = -32700;
const INVALID_REQUEST = -32600;
const UNKNOWN_METHOD = -32601;
const INVALID_PARAMS = -32602;
const INTERNAL_ERROR = -32603;
/** The first code that the specification leaves to servers. */
const SERVER_ERROR = -32000;

/** What a refused frame should have been; tells the codes apart. */
const A_TEXT = 'JSON';
const A_REQUEST = 'a JSON-RPC 2.0 request';

/**
 * The calls, replies and errors of an old wire that speaks JSON-RPC 2.0; spread it into a `LegacyCodec`.
 *
 * A notification gets no answer, and the requests of a batch are answered together. The `data` of an error is the fault.
 */
export function jsonRpc<T extends ServiceTypes>(options: JsonRpcOptions<T> = {}): JsonRpcCodec<T> {
  const { decode = sameCall<T>, encode = sameMethod<T>, maxBatch = DEFAULT_MAX_BATCH } = options;
  return {
    maxBatch,
    requestId: (frame) => (isObject(frame) && 'id' in frame ? (isId(frame.id) ? frame.id : null) : undefined),
    decodeCall(frame, context) {
      if (!isObject(frame)) throw new Fault('input.invalid', { expected: A_TEXT });
      const { jsonrpc, method, params = {}, id } = frame;
      const isRequest = jsonrpc === VERSION && typeof method === 'string' && (id === undefined || isId(id));
      if (!isRequest || typeof params !== 'object' || params === null) {
        throw new Fault('input.invalid', { expected: A_REQUEST });
      }
      return decode(method, params, context);
    },
    encodeCall(call, id) {
      const request = encode(call);
      return request && { jsonrpc: VERSION, ...(id !== undefined && { id }), ...request };
    },
    encodeReply(_call, reply, { request_id: id }) {
      if (id === undefined) return undefined;
      return reply.ok ? { jsonrpc: VERSION, id, result: reply.data ?? null } : errorFrame(reply.error, id);
    },
    decodeReply(frame) {
      if (!isObject(frame) || !isId(frame.id) || 'method' in frame) return undefined;
      const { id, error, result } = frame;
      if (error === undefined || error === null) return { id, reply: { ok: true, data: result } };
      return { id, reply: { ok: false, error: faultIn(error as JsonRpcError) } };
    },
    encodeError: (error, { request_id }) => errorFrame(error, request_id),
  };
}

/** A notification of a JSON-RPC 2.0 server, such as the frame of an event. */
export function jsonRpcNotification(method: string, params: object): LegacyFrame {
  return { jsonrpc: VERSION, method, params };
}

interface JsonRpcError {
  code: number;
  message: string;
  data?: Partial<ErrorBody>;
}

function errorFrame(error: ErrorBody, id: RequestId | undefined): LegacyFrame {
  return { jsonrpc: VERSION, id: id ?? null, error: { code: codeOf(error, id), message: error.error, data: error } };
}

function codeOf({ code, details }: ErrorBody, id: RequestId | undefined): number {
  if (code === 'call.unknown') return UNKNOWN_METHOD;
  if (code === 'call.failed') return INTERNAL_ERROR;
  if (code !== 'input.invalid') return SERVER_ERROR;
  if (details?.expected === A_TEXT) return PARSE_ERROR;
  return id === undefined || details?.expected === A_REQUEST ? INVALID_REQUEST : INVALID_PARAMS;
}

/** The fault in an error; one without `data` comes from a server that is not ours. */
function faultIn({ message, data }: JsonRpcError): ErrorBody {
  if (typeof data?.code === 'string') return data as ErrorBody;
  return { ...new Fault('call.failed').toBody(), error: message, recoverable: false };
}

/** @throws Fault `input.invalid` for params by position: the contract has names */
function sameCall<T extends ServiceTypes>(call: string, payload: object): ContractCall<T> {
  if (Array.isArray(payload)) throw new Fault('input.invalid', { expected: 'params by name' });
  return { call, payload };
}

function sameMethod<T extends ServiceTypes>({ call, payload }: ContractCall<T>): { method: string; params: object } {
  return { method: call, params: payload };
}

function isId(id: unknown): id is RequestId {
  return typeof id === 'string' || typeof id === 'number' || id === null;
}

function isObject(frame: LegacyFrame): frame is Exclude<LegacyFrame, string> {
  return typeof frame === 'object';
}
