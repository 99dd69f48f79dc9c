import { packAll } from './build/pack.mjs';
import { CACHE } from './process/project.mjs';
import { join } from 'node:path';

/** Packs the published packages into the folder that is named, else into `.cache/packed`, and prints the paths. */
for (const { path } of await packAll(process.argv[2] ?? join(CACHE, 'packed'))) console.log(path);
