import {
  Injectable,
  PayloadTooLargeException,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { FileInterceptor } from '@nestjs/platform-express';
import { Fault } from '@switchyard/contract';
import type { Observable } from 'rxjs';
import { KnowledgeSettings } from './knowledge.settings.js';

/** Reads the file in a form's field `file` into memory, up to the size limit. */
@Injectable()
export class UploadInterceptor implements NestInterceptor {
  private readonly receiver: NestInterceptor;

  constructor(private readonly settings: KnowledgeSettings) {
    const limits = { fileSize: settings.maxUploadBytes, files: 1, fields: 10, fieldSize: 10_240 };
    this.receiver = new (FileInterceptor('file', { limits, defParamCharset: 'utf8' }))();
  }

  /** Reads the file, and goes on with the request. @throws Fault `payload.too_large` with `details.limit_bytes` */
  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    try {
      return await this.receiver.intercept(context, next);
    } catch (thrown) {
      if (!(thrown instanceof PayloadTooLargeException)) throw thrown;
      throw new Fault('payload.too_large', { limit_bytes: this.settings.maxUploadBytes });
    }
  }
}
