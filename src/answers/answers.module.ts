import { Module } from '@nestjs/common';
import { CorpusModule } from '../corpus/index.js';
import { ModelModule } from '../model/index.js';
import { AnswerWriter } from './answer.writer.js';

/** Answers from passages, for the services that give them. */
@Module({ imports: [CorpusModule, ModelModule], providers: [AnswerWriter], exports: [AnswerWriter] })
export class AnswersModule {}
