import { Fault } from '@switchyard/contract';
import type { ModelFaultCode } from './model.faults.js';

/** An error as models describe it. */
export interface ModelError {
  message?: string;
  code?: string | null;
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
  const said = hide(error.message ?? text).slice(0, 500);
  const cause = new Error(`unable to ask the model; it answered ${response.status} ${said}`);
  return new Fault(codeOf(response.status, error), { status: response.status }, { cause });
}

function errorIn(text: string): ModelError {
  try {
    const { error } = JSON.parse(text) as { error?: ModelError | string };
    return typeof error === 'string' ? { message: error } : { code: error?.code ?? null, ...textOf(error) };
  } catch {
    return {};
  }
}

function textOf(error: { message?: unknown } | null | undefined): Pick<ModelError, 'message'> {
  return typeof error?.message === 'string' ? { message: error.message } : {};
}
