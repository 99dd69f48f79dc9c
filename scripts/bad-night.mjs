import { runLoad } from './process/load.mjs';

await runLoad('test/bad-night/bad-night.ts');
