import { Module } from '@nestjs/common';
import { Claims } from './claims.js';
import { EmbeddedJobQueue } from './embedded.queue.js';
import { JobQueue } from './job.queue.js';

/** Background work; needs the module that provides `STORE`. */
@Module({
  providers: [Claims, { provide: JobQueue, useClass: EmbeddedJobQueue }],
  exports: [Claims, JobQueue],
})
export class JobsModule {}
