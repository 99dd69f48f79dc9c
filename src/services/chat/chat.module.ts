import { Module } from '@nestjs/common';
import { CorpusModule } from '../../corpus/index.js';
import { ModelModule } from '../../model/index.js';
import { AgentSocketController } from './agent-socket.controller.js';
import { ChatAgent } from './chat.agent.js';
import { ChatController } from './chat.controller.js';
import { ChatGateway } from './chat.gateway.js';
import { ChatWorker } from './chat.worker.js';
import { ChatStore } from './chat.store.js';
import { ChatSettings } from './chat.settings.js';

/** The chat service. */
@Module({
  imports: [CorpusModule, ModelModule],
  controllers: [ChatController, AgentSocketController],
  providers: [
    ChatGateway,
    ChatStore,
    ChatWorker,
    ChatAgent,
    { provide: ChatSettings, useFactory: () => new ChatSettings() },
  ],
})
export class ChatModule {}
