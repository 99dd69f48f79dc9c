import { Module } from '@nestjs/common';
import { STORE, type Store } from '@switchyard/server';
import { Environment } from '../config/environment.js';
import { BullJobQueue } from './bullmq.queue.js';
import { EmbeddedJobQueue } from './embedded.queue.js';
import { JobQueue } from './job.queue.js';

/** Provides the job queue, in Redis if the application uses it, else in the store; another module must provide `STORE`. */
@Module({
  providers: [
    {
      provide: JobQueue,
      inject: [STORE, Environment],
      useFactory: (store: Store, { REDIS_URL, RUN_LEASE_MS }: Environment): JobQueue =>
        REDIS_URL === undefined
          ? new EmbeddedJobQueue(store)
          : new BullJobQueue(store, { url: REDIS_URL, lockMs: RUN_LEASE_MS }),
    },
  ],
  exports: [JobQueue],
})
export class JobsModule {}
