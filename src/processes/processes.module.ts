import { Module } from '@nestjs/common';
import { Processes } from './processes.js';

/** Provides supervised processes to the services. */
@Module({ providers: [Processes], exports: [Processes] })
export class ProcessesModule {}
