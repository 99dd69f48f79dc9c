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

/** The fault that a refused request is; what the model said goes no further than its cause. */
export async function refusalOf(response: Response): Promise<Fault> {
  const text = await response.text().catch(() => '');
  const error = errorIn(text);
  const cause = new Error(
    `unable to ask the model; it answered ${response.status} ${(error.message ?? text).slice(0, 500)}`,
  );
  return new Fault(codeOf(response.status, error), { status: response.status }, { cause });
}

function errorIn(text: string): ModelError {
  try {
    const body = JSON.parse(text) as { error?: ModelError | string } | null;
    const error = body?.error;
    return typeof error === 'string' ? { message: error } : (error ?? {});
  } catch {
    return {};
  }
}
