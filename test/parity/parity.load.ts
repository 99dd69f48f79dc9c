import { followCommands } from '../process/command.follower.js';
import { ComparingClients } from './comparing.clients.js';
import { MeasuredClients } from './measured.clients.js';
import type { ParityCommands } from './parity.commands.js';
import { ShadowingClients } from './shadowing.clients.js';

const comparing = new ComparingClients();
const measured = new MeasuredClients();
const shadowing = new ShadowingClients();

followCommands<ParityCommands>({
  compare: (part) => comparing.begin(part),
  state: () => comparing.state(),
  end: () => comparing.end(),
  begin: (part) => measured.begin(part),
  measure: (seconds) => measured.measure(seconds),
  shadow: (part) => shadowing.open(part),
  unshadow: () => shadowing.leave(),
});
