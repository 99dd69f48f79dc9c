import type { IncomingMessage } from 'node:http';
import { basename } from 'node:path';
import {
  Body,
  Controller,
  Delete,
  Get,
  Param,
  Post,
  Query,
  Req,
  UploadedFile,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { CallerGuard, RestCalls, callerOf, ownerOf, validatePayload } from '@switchyard/server';
import { knowledge } from '@switchyard/services';
import { UploadFields } from '@switchyard/services/knowledge/knowledge.dto';
import { cutTextStart } from '../../text/text.cut.js';
import { UploadWorker } from './upload.worker.js';
import { UploadInterceptor } from './upload.interceptor.js';

/** A file of a multipart form, in memory. */
interface ReceivedFile {
  originalname: string;
  mimetype: string;
  buffer: Buffer;
}

const MAX_NAME_LENGTH = 200;

/** The REST routes of the knowledge base; each one but the upload makes a call of the service. */
@Controller('api/knowledge-items')
export class KnowledgeController {
  constructor(
    private readonly calls: RestCalls,
    private readonly uploads: UploadWorker,
  ) {}

  @Get()
  list(@Req() request: IncomingMessage, @Query() query: object) {
    return this.calls.make(request, knowledge, 'list_items', query);
  }

  @Delete(':source_id')
  delete(@Req() request: IncomingMessage, @Param('source_id') source_id: string) {
    return this.calls.make(request, knowledge, 'delete_item', { source_id });
  }

  @Post(':source_id/refresh')
  refresh(@Req() request: IncomingMessage, @Param('source_id') source_id: string) {
    return this.calls.make(request, knowledge, 'refresh_item', { source_id });
  }

  /** Adds the file in the form field `file`; responds with the new item. */
  @Post('upload')
  @UseGuards(CallerGuard)
  @UseInterceptors(UploadInterceptor)
  upload(@Req() request: IncomingMessage, @UploadedFile() file: ReceivedFile | undefined, @Body() body: unknown) {
    if (!file) throw new Fault('input.invalid', { fields: [{ field: 'file', rules: ['must be a file'] }] });
    const fields = validatePayload(UploadFields, body);
    // The name is shown to people, so it must not have control characters.
    const name = cutTextStart(basename(file.originalname.replace(/\p{Cc}/gu, '')), MAX_NAME_LENGTH);
    const { mimetype: content_type, buffer: bytes } = file;
    return this.uploads.add({ name, content_type, bytes }, fields, ownerOf(callerOf(request)));
  }
}
