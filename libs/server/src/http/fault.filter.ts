import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { faultAnswer } from './fault.answer.js';

/**
 * Answers every failed HTTP request with `{ error: { code, … } }` and the status that belongs to the code, on any HTTP
 * adapter. The framework's own routes do not need it: it is for an application that wants the same form of its controllers.
 */
@Catch()
export class FaultFilter implements ExceptionFilter {
  constructor(private readonly host: HttpAdapterHost) {}

  catch(thrown: unknown, context: ArgumentsHost): void {
    const { httpAdapter } = this.host;
    const response = context.switchToHttp().getResponse<object>();
    if (httpAdapter.isHeadersSent(response)) return void httpAdapter.end(response);
    const { status, headers, body } = faultAnswer(thrown);
    for (const [name, value] of Object.entries(headers)) httpAdapter.setHeader(response, name, value);
    httpAdapter.reply(response, body, status);
  }
}
