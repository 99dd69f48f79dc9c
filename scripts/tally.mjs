import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE } from './process/project.mjs';
import { lastRun } from './test/record.mjs';

// The last line of .ci/run: every test counts as one and every step of the check as one.
const file = join(CACHE, 'check.json');
/** @type {{ well: boolean }[]} */
const steps = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [{ well: false }];
const run = lastRun() ?? { passed: 0, failed: 1 };
const passed = run.passed + steps.filter(({ well }) => well).length;
const failed = run.failed + steps.filter(({ well }) => !well).length;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed || !passed ? 1 : 0;
