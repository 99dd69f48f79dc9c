import { Fault, type ErrorBody } from './fault.js';
import type { LegacyFrame } from './legacy.frame.js';
import type { RequestId } from './request.id.js';
import type { RequestTopicsOptions } from './request.topics.js';
import type { ServiceTypes } from './service.types.js';
import type { TopicContext } from './topics.codec.js';

/** The error of a JSON-RPC answer. */
export interface JsonRpcProblem {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/** The part of a socket with requests that JSON-RPC 2.0 defines. */
export type JsonRpcRequests = Required<
  Pick<RequestTopicsOptions<ServiceTypes>, 'maxBatch' | 'unreadable' | 'read' | 'encodeAnswer'>
>;

const VERSION = '2.0';
const MAX_BATCH = 100;
const PARSE_ERROR: JsonRpcProblem = { code: -32700, message: 'Parse error' };
const INVALID_REQUEST: JsonRpcProblem = { code: -32600, message: 'Invalid Request' };

/**
 * The requests and answers of an old socket with topics that speaks JSON-RPC 2.0, with the words of the specification; spread
 * it into the options of `requestTopics`. A notification gets no answer, and a batch has at most 100 requests.
 *
 * @param problemOf the product's own errors; undefined for an error of the specification
 */
export function jsonRpcRequests(
  problemOf?: (error: ErrorBody, context: TopicContext) => JsonRpcProblem | undefined,
): JsonRpcRequests {
  return {
    maxBatch: MAX_BATCH,
    unreadable: ({ isJson }) => (isJson ? undefined : { frames: [failed(PARSE_ERROR, null)] }),
    read(frame) {
      const { jsonrpc, method, params } = typeof frame === 'string' ? ({} as Record<string, unknown>) : frame;
      if (jsonrpc !== VERSION || typeof method !== 'string')
        throw new Fault('input.invalid', { expected: 'a request' });
      return { name: method, fields: params ?? {} };
    },
    encodeAnswer(reply, context) {
      const { request_id: id } = context;
      // A frame that is no request has no id that could be trusted.
      if (!reply.ok && isNoRequest(reply.error)) return failed(INVALID_REQUEST, null);
      if (id === undefined) return undefined;
      if (reply.ok) return { jsonrpc: VERSION, result: reply.data, id };
      return failed(problemOf?.(reply.error, context) ?? standardProblem(reply.error), id);
    },
  };
}

function failed(error: JsonRpcProblem, id: RequestId): LegacyFrame {
  return { jsonrpc: VERSION, error, id };
}

const isNoRequest = ({ code, details }: ErrorBody) => code === 'input.invalid' && details?.expected !== undefined;

function standardProblem({ code, error }: ErrorBody): JsonRpcProblem {
  if (code === 'call.unknown') return { code: -32601, message: 'Method not found' };
  if (code === 'input.invalid') return { code: -32602, message: 'Invalid params' };
  return code === 'call.failed' ? { code: -32603, message: 'Internal error' } : { code: -32000, message: error };
}
