import { Module } from '@nestjs/common';
import { CorpusModule } from '../../corpus/index.js';
import { ModelModule } from '../../model/index.js';
import { AgentSocketController } from './agent-socket.controller.js';
import { ChatAgent } from './chat.agent.js';
import { ChatController } from './chat.controller.js';
import { ChatGateway } from './chat.gateway.js';
import { ChatRuns } from './chat.runs.js';
import { ChatSessions } from './chat.sessions.js';
import { ChatSettings } from './chat.settings.js';

/** The chat service. */
@Module({
  imports: [CorpusModule, ModelModule],
  controllers: [ChatController, AgentSocketController],
  providers: [
    ChatGateway,
    ChatSessions,
    ChatRuns,
    ChatAgent,
    { provide: ChatSettings, useFactory: () => new ChatSettings() },
  ],
})
export class ChatModule {}
