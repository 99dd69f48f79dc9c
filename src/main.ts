import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { createApplication } from './application.js';
import type { AdminToken } from './config/admin-token.js';
import { ADMIN_TOKEN } from './config/configuration.module.js';
import { Environment, readEnvironment } from './config/environment.js';
import { exitOnFatalErrors } from './lifecycle/fatal.errors.js';
import { limitShutdown } from './lifecycle/shutdown.signals.js';
import { startWatchdog } from './lifecycle/watchdog.js';

async function main(): Promise<void> {
  exitOnFatalErrors();
  startWatchdog(readEnvironment(process.env).WATCHDOG_MS);
  const app = await createApplication(process.env);
  const { PORT, host } = app.get(Environment);
  limitShutdown();
  await app.listen(PORT, host);
  const { port } = app.getHttpServer().address() as AddressInfo;
  const url = `http://${['127.0.0.1', '0.0.0.0', '::'].includes(host) ? 'localhost' : host}:${port}`;
  console.log(`Switchyard is at ${url}`);
  const admin: AdminToken | undefined = app.get(ADMIN_TOKEN);
  if (admin?.minted)
    console.log(`The migration console: ${url}/#token=${admin.token} (shown once; the token is stored in DATA_DIR)`);
}

main().catch((error: unknown) => {
  console.error(messageOf(error));
  // Resources opened before the failure would keep the process alive.
  process.exit(1);
});

function messageOf(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code, port } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE') return `unable to listen; port ${port} is in use by another program`;
  if (code === 'EACCES' && port !== undefined) return `unable to listen; this user may not use port ${port}`;
  if (code === 'EADDRNOTAVAIL') return `unable to listen; HOST is no address of this machine`;
  return error.message.startsWith('unable to') ? error.message : error;
}
