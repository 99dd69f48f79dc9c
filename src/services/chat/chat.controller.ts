import type { IncomingMessage } from 'node:http';
import { Body, Controller, Get, Param, Post, Req } from '@nestjs/common';
import { RestCalls } from '@switchyard/server';
import { chat } from '@switchyard/services';
import { ChatStore } from './chat.store.js';

/** The REST routes of sessions; each one makes a call of the service. */
@Controller('api/agent-chat/sessions')
export class ChatController {
  constructor(
    private readonly calls: RestCalls,
    private readonly store: ChatStore,
  ) {}

  @Post()
  create(@Req() request: IncomingMessage, @Body() body: unknown) {
    return this.calls.make(request, chat, 'create_session', body ?? {});
  }

  /** Responds with the session and its messages. */
  @Get(':session_id')
  async get(@Req() request: IncomingMessage, @Param('session_id') session_id: string) {
    const history = await this.calls.snapshot(request, chat, session_id);
    const { owner: _, ...session } = (await this.store.session(session_id))!;
    return { ...session, ...history };
  }
}
