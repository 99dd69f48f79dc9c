import { runLoad } from './process/load.mjs';

await runLoad('test/parity/parity.ts');
