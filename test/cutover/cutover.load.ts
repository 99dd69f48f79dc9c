import { followCommands } from '../process/command.follower.js';
import type { LoadCommands } from './load.commands.js';
import { MovingClients } from './moving.clients.js';

const clients = new MovingClients();

followCommands<LoadCommands>({
  begin: (part) => clients.begin(part),
  state: () => clients.state(),
  places: () => clients.places(),
  expect: (to) => clients.expect(to),
  moved: (patience_ms) => clients.moved(patience_ms),
  settled: (patience_ms) => clients.settled(patience_ms),
  end: (patience_ms) => clients.end(patience_ms),
});
