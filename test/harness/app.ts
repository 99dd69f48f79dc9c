import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { createApplication } from '../../src/application.js';
import { ADMIN_TOKEN } from './admin.token.js';
import { UNLIMITED } from './unlimited.js';

/** A running test application. */
export interface TestApp {
  readonly app: NestExpressApplication;
  readonly port: number;
  readonly url: string;
  /** Changes stages. */
  readonly adminToken: string;
  close(): Promise<void>;
}

/** Starts the reference application on a free port, with its own data folder and without rate limits. */
export async function startApp(environment: Readonly<Record<string, string>> = {}): Promise<TestApp> {
  const data = await mkdtemp(join(tmpdir(), 'switchyard-'));
  const settings = { DATA_DIR: data, ADMIN_TOKEN, LOG_LEVEL: 'error', ...UNLIMITED };
  const app = await createApplication({ ...settings, ...environment });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  let closed: Promise<void> | undefined;
  const stop = async () => {
    await app.close();
    await rm(data, { recursive: true, force: true });
  };
  return { app, port, adminToken: ADMIN_TOKEN, url: `http://127.0.0.1:${port}`, close: () => (closed ??= stop()) };
}
