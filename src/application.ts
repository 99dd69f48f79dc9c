import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LogLevel } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { useSwitchyard } from '@switchyard/server';
import { AppModule } from './app.module.js';
import { ApplicationLogger } from './application.logger.js';
import { readEnvironment } from './config/environment.js';
import { PROJECT_ROOT } from './config/project.root.js';

/** The console's built files. */
const WEB = join(PROJECT_ROOT, 'web/dist');

const LEVELS: LogLevel[] = ['fatal', 'error', 'warn', 'log', 'debug', 'verbose'];

/** Creates the application, ready to listen. @throws Error with the invalid environment variables */
export async function createApplication(
  variables: Readonly<Record<string, string | undefined>>,
): Promise<NestExpressApplication> {
  const environment = readEnvironment(variables);
  const { LOG_LEVEL, NODE_ENV } = environment;
  const logLevels = LEVELS.slice(0, LEVELS.indexOf(LOG_LEVEL as LogLevel) + 1);
  const app = await NestFactory.create<NestExpressApplication>(AppModule.for(environment), {
    logger: new ApplicationLogger({ json: NODE_ENV !== 'development', logLevels }),
    abortOnError: false,
  });
  useSwitchyard(app);
  app.disable('x-powered-by');
  if (existsSync(join(WEB, 'index.html'))) {
    // Asset names contain a hash, so browsers may keep them; the page that names them must not be cached.
    app.useStaticAssets(join(WEB, 'assets'), { prefix: '/assets/', immutable: true, maxAge: '1y' });
    app.useStaticAssets(WEB);
  }
  return app;
}
