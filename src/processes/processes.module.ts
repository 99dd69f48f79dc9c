import { Module } from '@nestjs/common';
import { Processes } from './processes.js';

/** Supervised programs, for the services that run any. */
@Module({ providers: [Processes], exports: [Processes] })
export class ProcessesModule {}
