import { openRedisStore, socketIoAdapter } from '@switchyard/store-redis';
import { startToys } from '../toys/toy.app.js';
import { tokens } from './old.wire.server.js';
import { QuickPads } from './quick.pads.js';
import { PadGateway } from './upstream.example.js';

// A process with the bridge of the tests, one of several that share a Redis.
const { REDIS_URL: url = '', OLD_URL = '' } = process.env;
PadGateway.url = OLD_URL;
const options = { authenticate: tokens, providers: [QuickPads], runLeaseMs: 1000, socketIoAdapter };
void startToys({ ...options, openStore: () => openRedisStore({ url }) }).then(({ port }) => {
  console.log(`listening on ${port}`);
});
