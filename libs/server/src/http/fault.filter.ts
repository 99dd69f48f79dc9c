import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { CORE_FAULTS, Fault, RemoteFault, SERVER_FAULTS, faultKind, type ErrorBody } from '@switchyard/contract';
import type { Response } from 'express';
import { setRetryAfter } from './retry.after.js';

// Names the faults of a server, so that a bundler keeps them there.
const KINDS = { ...CORE_FAULTS, ...SERVER_FAULTS };

/** The faults for the statuses with which Nest and Express refuse requests; no two have the same status. */
const REFUSALS = [
  'input.invalid',
  'auth.required',
  'room.forbidden',
  'path.not_found',
  'payload.too_large',
  'rate.limited',
] as const satisfies readonly (keyof typeof KINDS)[];

function codeOf(status: number): string | undefined {
  const code = REFUSALS.find((refusal) => KINDS[refusal].status === status);
  // Express refuses requests with other 4xx statuses too, for example a body in an unknown charset.
  return code ?? (status >= 400 && status < 500 ? 'input.invalid' : undefined);
}

function asFault(thrown: unknown): Fault {
  const status = thrown instanceof HttpException ? thrown.getStatus() : (thrown as { status?: unknown } | null)?.status;
  const code = typeof status === 'number' ? codeOf(status) : undefined;
  if (!code || thrown instanceof Fault) return Fault.from(thrown);
  // The body parser's error has the limit; Nest wraps that error as a cause.
  const { limit } = { ...((thrown as Error).cause as object), ...(thrown as object) } as { limit?: unknown };
  return new Fault(code, typeof limit === 'number' ? { limit_bytes: limit } : undefined);
}

/** Answers every failed HTTP request with `{ error: { code, … } }` and the status that belongs to the code. */
@Catch()
export class FaultFilter implements ExceptionFilter {
  private readonly logger = new Logger('http');

  catch(thrown: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    if (response.headersSent) return void response.end();
    // The error of a call that a REST controller passed on: it was logged when it happened.
    if (thrown instanceof RemoteFault) return send(response, thrown.body);
    const fault = asFault(thrown);
    if (fault.code === 'call.failed') {
      this.logger.error(`unable to answer; ${thrown instanceof Error ? thrown.stack : String(thrown)}`);
    }
    send(response, fault.toBody());
  }
}

function send(response: Response, error: ErrorBody): void {
  setRetryAfter(response, error);
  response.status(faultKind(error.code)?.status ?? 500).json({ error });
}
