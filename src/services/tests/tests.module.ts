import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { Environment } from '../../config/environment.js';
import { ProcessesModule } from '../../processes/index.js';
import { TestsStore } from './tests.store.js';
import { TestsWorker } from './tests.worker.js';
import { TestSuites } from './test.suites.js';
import { TestsController } from './tests.controller.js';
import { TestsGateway } from './tests.gateway.js';
import { TestsSettings } from './tests.settings.js';

const SHIPPED = join(__dirname, 'suites/shipped.suites.json');

/** The tests service. */
@Module({
  imports: [ProcessesModule],
  controllers: [TestsController],
  providers: [
    TestsGateway,
    TestsStore,
    TestsWorker,
    { provide: TestsSettings, useFactory: () => new TestsSettings() },
    {
      provide: TestSuites,
      inject: [Environment],
      useFactory: ({ TEST_SUITES_FILE }: Environment) => new TestSuites(TEST_SUITES_FILE ?? SHIPPED),
    },
  ],
})
export class TestsModule {}
