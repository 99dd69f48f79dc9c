import { build } from './build/build.mjs';

process.exitCode = await build();
