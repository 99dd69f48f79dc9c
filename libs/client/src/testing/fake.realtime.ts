import type { ServiceContract } from '@switchyard/contract';
import { Realtime } from '../realtime/realtime.js';
import { FakeTransport } from './fake.transport.js';

/** Makes a `Realtime` without a server, and gives the fake transport of each service. */
export function fakeRealtime(...contracts: ServiceContract[]) {
  const transports = new Map(contracts.map(({ name }) => [name, new FakeTransport()]));
  const realtime = new Realtime({
    url: 'http://localhost',
    config: {
      version: '1.0',
      server_time: new Date().toISOString(),
      features: {},
      limits: {},
      services: Object.fromEntries(
        contracts.map(({ name, namespace }) => [
          name,
          { wire: 'socketio', stage: 'socketio', namespace, poll_path: `/realtime/rooms/${name}` },
        ]),
      ),
    },
    transports: (wire, { name }) => (wire === 'socketio' ? transports.get(name) : undefined),
  });
  return { realtime, transport: ({ name }: ServiceContract) => transports.get(name)! };
}
