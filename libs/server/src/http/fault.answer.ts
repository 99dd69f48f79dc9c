import { HttpException, Logger } from '@nestjs/common';
import { CORE_FAULTS, Fault, RemoteFault, SERVER_FAULTS, faultKind, type ErrorBody } from '@switchyard/contract';
import { CauseLog } from '../log/cause.log.js';
import { HttpFault } from './http.fault.js';
import { retryAfter } from './retry.after.js';

/** How a failed request is answered. */
export interface FaultAnswer {
  status: number;
  headers: Record<string, string>;
  body: { error: ErrorBody };
}

// Names the faults of a server, so that a bundler keeps them there.
const KINDS = { ...CORE_FAULTS, ...SERVER_FAULTS };

/** The faults for the statuses with which Nest and body parsers refuse requests; no two have the same status. */
const REFUSALS = [
  'input.invalid',
  'auth.required',
  'room.forbidden',
  'path.not_found',
  'payload.too_large',
  'rate.limited',
] as const satisfies readonly (keyof typeof KINDS)[];

const causes = new CauseLog(new Logger('http'));

/** The answer to a request that failed; what is no refusal and no fault is logged. */
export function faultAnswer(thrown: unknown): FaultAnswer {
  const error = bodyOf(thrown);
  return { status: faultKind(error.code)?.status ?? 500, headers: retryAfter(error), body: { error } };
}

function bodyOf(thrown: unknown): ErrorBody {
  if (thrown instanceof HttpFault) return thrown.fault;
  // The error of a call that a REST controller passed on: it was logged when it happened.
  if (thrown instanceof RemoteFault) return thrown.body;
  const fault = thrown instanceof Fault ? thrown : refusalOf(thrown);
  if (fault) return fault.toBody();
  causes.error('unable to answer', thrown);
  return Fault.from(thrown).toBody();
}

/** The fault for an error that has the HTTP status of a refusal. */
function refusalOf(thrown: unknown): Fault | undefined {
  const status = thrown instanceof HttpException ? thrown.getStatus() : (thrown as { status?: unknown } | null)?.status;
  const code = typeof status === 'number' ? codeOf(status) : undefined;
  if (!code) return undefined;
  // The body parser's error has the limit; Nest wraps that error as a cause.
  const { limit } = { ...((thrown as Error).cause as object), ...(thrown as object) } as { limit?: unknown };
  return new Fault(code, typeof limit === 'number' ? { limit_bytes: limit } : undefined);
}

function codeOf(status: number): string | undefined {
  const code = REFUSALS.find((refusal) => KINDS[refusal].status === status);
  // Body parsers refuse requests with other 4xx statuses too, for example a body in an unknown charset.
  return code ?? (status >= 400 && status < 500 ? 'input.invalid' : undefined);
}
