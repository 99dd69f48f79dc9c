import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { LogLevel } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { OriginPolicy, readJsonBodies, useSwitchyard } from '@switchyard/server';
import type { NextFunction, Request, Response } from 'express';
import { AppModule } from './app.module.js';
import { ApplicationLogger } from './application.logger.js';
import { readEnvironment } from './config/environment.js';
import { PROJECT_ROOT } from './config/project.root.js';

/** The console's built files. */
const WEB = join(PROJECT_ROOT, 'web/dist');

/** How long an idle HTTP connection stays open, in ms: longer than in proxies, which would otherwise send into a closed one. */
const KEEP_ALIVE_MS = 65_000;

/**
 * The signals that start a shutdown; SIGHUP comes from a closed terminal. Without a list, Nest also handles SIGSEGV,
 * SIGBUS, SIGILL and SIGFPE: after a fault in native code no JavaScript runs, and the process would repeat it for ever.
 */
const STOP_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

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
  serveControllers(app);
  app.enableShutdownHooks([...STOP_SIGNALS]);
  app.disable('x-powered-by');
  if (existsSync(join(WEB, 'index.html'))) serveConsole(app);
  return app;
}

/** Lets the application's own controllers serve the pages and the bodies that the framework's routes serve. */
function serveControllers(app: NestExpressApplication): void {
  const origins = app.get(OriginPolicy);
  app.enableCors({
    origin: (origin: string | undefined, answer: (error: null, allowed: boolean) => void) =>
      answer(null, origins.allows(origin)),
    credentials: true,
  });
  // After CORS, so that a page can read why its body was refused.
  readJsonBodies(app);
  app.getHttpServer().keepAliveTimeout = KEEP_ALIVE_MS;
}

/** Serves the console's files by their names, so that other requests look for no file on the disk. */
function serveConsole(app: NestExpressApplication): void {
  for (const name of readdirSync(WEB).filter((name) => !name.startsWith('.'))) {
    // Asset names contain a hash, so browsers may keep them; the page that names them must not be cached.
    const caching = name === 'assets' ? { immutable: true, maxAge: '1y' } : {};
    app.useStaticAssets(join(WEB, name), { prefix: `/${name}`, ...caching });
  }
  app.use((request: Request, response: Response, next: NextFunction) => {
    if (request.path === '/' && ['GET', 'HEAD'].includes(request.method)) response.sendFile(join(WEB, 'index.html'));
    else next();
  });
}
