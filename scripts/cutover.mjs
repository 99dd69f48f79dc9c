import { runLoad } from './process/load.mjs';

await runLoad('test/cutover/cutover.ts');
