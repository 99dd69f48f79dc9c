import { Fault } from '@switchyard/contract';
import { cutText } from '../text/text.cut.js';
import type { ModelFaultCode } from './model.faults.js';

/** An error in a model's response. */
export interface ModelError {
  message?: string;
  code?: string;
}

/** Tells whether an error means that the conversation or the answer is too long for the model. */
export function isOverLimit({ code, message = '' }: ModelError): boolean {
  return code === 'context_length_exceeded' || /context (length|window)|too many tokens|maximum.*tokens/i.test(message);
}

function codeOf(status: number, error: ModelError): ModelFaultCode {
  if (status === 429) return 'model.rate_limit';
  if (status === 408 || status === 504) return 'model.timeout';
  if (status === 413 || isOverLimit(error)) return 'model.token_limit';
  return 'model.llm_error';
}

/** Converts a failed response into a fault; the model's words, filtered by `hide`, stay in its cause. */
export async function faultOfResponse(response: Response, hide: (text: string) => string): Promise<Fault> {
  const text = await response.text().catch(() => '');
  const error = errorIn(text);
  const message = cutText(hide(error.message ?? text), 500);
  const cause = new Error(`unable to ask the model; it answered ${response.status} ${message}`);
  return new Fault(codeOf(response.status, error), { status: response.status }, { cause });
}

/** Reads the `error` field of a response, a text or an object. */
export function readError(error: unknown): ModelError {
  if (typeof error === 'string') return { message: error };
  const { message, code } = (error ?? {}) as { message?: unknown; code?: unknown };
  return { ...(typeof message === 'string' && { message }), ...(typeof code === 'string' && { code }) };
}

function errorIn(text: string): ModelError {
  try {
    return readError((JSON.parse(text) as { error?: unknown }).error);
  } catch {
    return {};
  }
}
