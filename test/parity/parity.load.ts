import { followCommands } from '../process/command.follower.js';
import { ComparingClients } from './comparing.clients.js';
import type { ParityCommands } from './parity.commands.js';
import { measureDeliveries } from './shadowing.clients.js';

const comparing = new ComparingClients();

followCommands<ParityCommands>({
  compare: (part) => comparing.begin(part),
  state: () => comparing.state(),
  end: () => comparing.end(),
  measure: (part) => measureDeliveries(part),
});
