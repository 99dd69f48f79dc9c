import { Realtime, ServiceClient } from '@switchyard/client';
import { clock } from './clock.js';

// A server renders a page with our client in it: nothing may connect, and nothing may keep the process alive.
const realtime = new Realtime({ url: 'http://127.0.0.1:9' });
if (typeof ServiceClient !== 'function' || clock.name !== 'clock') throw new Error('the client is not all there');
console.log(`rendered with ${realtime.constructor.name}`);
