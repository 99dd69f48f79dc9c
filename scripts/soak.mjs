import { runLoad } from './process/load.mjs';

await runLoad('test/soak/soak.ts');
