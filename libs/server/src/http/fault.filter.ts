import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { Fault, RemoteFault, faultKind, type CoreFaultCode, type ErrorBody } from '@switchyard/contract';
import type { Response } from 'express';
import { setRetryAfter } from './retry.after.js';

const CODES: Readonly<Record<number, CoreFaultCode>> = {
  400: 'input.invalid',
  401: 'auth.required',
  403: 'room.forbidden',
  404: 'path.not_found',
  413: 'payload.too_large',
  429: 'rate.limited',
};

function codeOf(status: number): CoreFaultCode | undefined {
  // Express refuses requests with other 4xx statuses too, for example a body in an unknown charset.
  return CODES[status] ?? (status >= 400 && status < 500 ? 'input.invalid' : undefined);
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
