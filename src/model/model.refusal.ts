import { Fault } from '@switchyard/contract';
import { cutText } from '../text/text.cut.js';
import type { ModelFaultCode } from './model.faults.js';

/** An error as models describe it. */
export interface ModelError {
  message?: string;
  code?: string;
}

/** Whether an error says that the conversation or the answer is too long for the model. */
export function isOverLimit({ code, message = '' }: ModelError): boolean {
  return code === 'context_length_exceeded' || /context (length|window)|too many tokens|maximum.*tokens/i.test(message);
}

function codeOf(status: number, error: ModelError): ModelFaultCode {
  if (status === 429) return 'model.rate_limit';
  if (status === 408 || status === 504) return 'model.timeout';
  if (status === 413 || isOverLimit(error)) return 'model.token_limit';
  return 'model.llm_error';
}

/** The fault that a refused request is; what the model said goes no further than its cause, as `hide` leaves it. */
export async function refusalOf(response: Response, hide: (text: string) => string): Promise<Fault> {
  const text = await response.text().catch(() => '');
  const error = errorIn(text);
  const said = cutText(hide(error.message ?? text), 500);
  const cause = new Error(`unable to ask the model; it answered ${response.status} ${said}`);
  return new Fault(codeOf(response.status, error), { status: response.status }, { cause });
}

/** What a model wrote under `error`, a text or an object, as far as it is of use. */
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
