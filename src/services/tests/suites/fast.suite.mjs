/**
 * A few tests of this installation that need only its own files: the guard of child processes, the initial stages, the
 * recorded frames, and the contract if it is built. Run them in the project's folder.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const GUARD = fileURLToPath(new URL('../../../processes/process.guard.mjs', import.meta.url));
const CONTRACT = resolve('dist/libs/contract/src/index.js');
const SERVICES = ['crawl', 'chat', 'tasks', 'mcp-logs', 'tests', 'project-creation', 'knowledge', 'research', 'query'];
const STAGES = ['legacy', 'shadow', 'canary', 'socketio', 'retired'];

const readJson = (...path) => JSON.parse(readFileSync(join(...path), 'utf8'));

const guarded = (...args) =>
  spawn(process.execPath, [GUARD, ...args], { detached: true, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });

test('the guard ends with the exit code of its program', async () => {
  const guard = guarded(process.execPath, '-e', 'process.exit(3)');
  assert.deepEqual(await once(guard, 'exit'), [3, null]);
});

test('the guard says when its program cannot be started', async () => {
  const guard = guarded('no-such-program');
  const [[message], [code]] = await Promise.all([once(guard, 'message'), once(guard, 'exit')]);
  assert.match(message.error, /ENOENT/);
  assert.equal(code, 127);
});

test('the guard takes its program with it when nobody supervises them', async () => {
  const guard = guarded(process.execPath, '-e', 'setInterval(() => {}, 1e6)');
  await once(guard, 'message');
  guard.disconnect();
  assert.deepEqual(await once(guard, 'exit'), [null, 'SIGKILL']);
});

for (const service of SERVICES) {
  test(`the service ${service} begins at a stage that there is`, () => {
    const { metadata } = readJson('migration', 'flags.json').flags[`realtime-${service}`];
    assert.ok(STAGES.includes(metadata.stage), metadata.stage);
  });
}

test('every recorded frame of an old wire can be read', () => {
  const folders = readdirSync(join('migration', 'recordings'));
  assert.notEqual(folders.length, 0);
  for (const folder of folders) {
    for (const file of readdirSync(join('migration', 'recordings', folder))) {
      const { frames } = readJson('migration', 'recordings', folder, file);
      for (const frame of frames) if (frame.startsWith('{')) JSON.parse(frame);
    }
  }
});

test('every fault says what could not be done, and why', { skip: !existsSync(CONTRACT) && 'not built yet' }, () => {
  const { faultKinds } = createRequire(import.meta.url)(CONTRACT);
  for (const { message } of faultKinds().values()) assert.match(message, /^unable to [^;]+; [^;.]+$/);
});
