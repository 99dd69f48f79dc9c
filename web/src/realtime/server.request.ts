import { Fault, RemoteFault, type ErrorBody } from '@switchyard/contract';

/**
 * Requests JSON from the server.
 *
 * @throws RemoteFault for a refusal; Fault `wire.lost` without a readable answer
 */
export async function ask<T>(path: string, init?: RequestInit): Promise<T> {
  let body: T | { error?: ErrorBody };
  let ok: boolean;
  try {
    const response = await fetch(path, { cache: 'no-store', ...init });
    ok = response.ok;
    body = (await response.json()) as T | { error?: ErrorBody };
  } catch (cause) {
    if (init?.signal?.aborted) throw cause;
    throw new Fault('wire.lost', undefined, { cause });
  }
  if (ok) return body as T;
  const { error } = body as { error?: ErrorBody };
  throw error?.code ? new RemoteFault(error) : new Fault('wire.lost');
}
