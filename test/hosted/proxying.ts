import type { INestApplication } from '@nestjs/common';
import { hostUpgrade, proxyTo } from '@switchyard/server';

/** All that is added to proxy the old clients of another process. */
export function proxyOldProcess(app: INestApplication, old: string): void {
  hostUpgrade(app, '/devices/:device', proxyTo(old), { service: 'kiln' });
}
