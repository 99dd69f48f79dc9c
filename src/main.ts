import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { createApplication } from './application.js';
import type { AdminToken } from './config/admin-token.js';
import { ADMIN_TOKEN } from './config/configuration.module.js';
import { Environment } from './config/environment.js';

/** How long a shutdown may take before the process ends anyway. */
const SHUTDOWN_DEADLINE_MS = 10_000;

function endInTime(signal: NodeJS.Signals): void {
  process.once(signal, () => {
    setTimeout(() => {
      console.error(`unable to shut down in ${SHUTDOWN_DEADLINE_MS} ms; ending the process`);
      process.exit(1);
    }, SHUTDOWN_DEADLINE_MS).unref();
  });
}

async function main(): Promise<void> {
  const app = await createApplication(process.env);
  const { PORT, host } = app.get(Environment);
  endInTime('SIGTERM');
  endInTime('SIGINT');
  await app.listen(PORT, host);
  const { port } = app.getHttpServer().address() as AddressInfo;
  const url = `http://${['127.0.0.1', '0.0.0.0', '::'].includes(host) ? 'localhost' : host}:${port}`;
  console.log(`Switchyard is at ${url}`);
  const admin: AdminToken | undefined = app.get(ADMIN_TOKEN);
  if (admin?.minted)
    console.log(`The migration console: ${url}/#token=${admin.token} (shown once; the token is kept in DATA_DIR)`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error && error.message.startsWith('unable to') ? error.message : error);
  process.exitCode = 1;
});
