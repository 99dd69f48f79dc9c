import type { IncomingMessage } from 'node:http';
import { Body, Controller, Get, Param, Post, Req } from '@nestjs/common';
import { RestCalls } from '@switchyard/server';
import { chat } from '@switchyard/services';
import { ChatSessions } from './chat.sessions.js';

/** Sessions over REST, through the same door as every call. */
@Controller('api/agent-chat/sessions')
export class ChatController {
  constructor(
    private readonly calls: RestCalls,
    private readonly sessions: ChatSessions,
  ) {}

  @Post()
  create(@Req() request: IncomingMessage, @Body() body: unknown) {
    return this.calls.make(request, chat, 'create_session', body ?? {});
  }

  /** The session with its messages. */
  @Get(':session_id')
  async get(@Req() request: IncomingMessage, @Param('session_id') session_id: string) {
    const history = await this.calls.snapshot(request, chat, session_id);
    const { owner: _, ...session } = (await this.sessions.get(session_id))!;
    return { ...session, ...history };
  }
}
