import type { INestApplication } from '@nestjs/common';
import { hostUpgrade } from '@switchyard/server';
import { wss } from './old.server.js';

/** All that is added to host the old server. */
export function hostOldServer(app: INestApplication): void {
  hostUpgrade(app, '/ws/old/:room', wss, { service: 'kiln' });
}
