import { Module } from '@nestjs/common';
import { CorpusModule } from '../corpus/index.js';
import { ModelModule } from '../model/index.js';
import { AnswerWriter } from './answer.writer.js';

/** Provides answers from passages to the services. */
@Module({ imports: [CorpusModule, ModelModule], providers: [AnswerWriter], exports: [AnswerWriter] })
export class AnswersModule {}
