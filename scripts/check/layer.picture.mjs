import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT } from '../process/project.mjs';

/** The folders of a package from the lowest layer to the highest; `wires/*` stands for each folder in `wires`. */
/** @typedef {readonly (readonly string[])[]} Layers */

/** @type {Readonly<Record<string, Layers>>} */
const LAYERS = createRequire(import.meta.url)('../../layers.cjs');

/** What a folder does, in a few words; `wires/*` is for each folder in `wires` without words of its own. */
/** @type {Readonly<Record<string, Readonly<Record<string, string>>>>} */
const WORDS = {
  'libs/server/src': {
    adapter: 'the adapter for Nest',
    lifecycle: 'drain, stop',
    'wires/*': 'one folder for each wire',
    wires: 'what wires share',
    http: 'origins, health, configuration',
    dispatch: 'one way for calls: validate, authorise, limit, run once, answer',
    stages: 'which wire is advised',
    runs: 'long-running work',
    service: 'the behaviour of a service, and the port of a wire',
    presence: 'who is in a room',
    publisher: 'workers without a server',
    room: 'queue, log and order of a room',
    limits: 'rates, connections',
    identity: 'who is there, and until when',
    options: 'the settings of the module',
    'store/*': 'one folder for each store',
    store: 'the port of a store',
    validation: 'payloads',
    caller: 'who calls',
    timer: 'long timers',
  },
  'libs/client/src': {
    testing: 'test doubles for pages',
    service: 'the typed client of a service',
    realtime: 'one for each page',
    connection: 'state, fallback and way back',
    room: 'positions, order, snapshots',
    call: 'the queue of calls',
    statistics: 'counts',
    transport: 'the wires',
    config: 'which wire, at which address',
    http: 'requests',
    identity: 'client id, token',
    faults: 'errors',
    backoff: 'when to try again',
    clock: 'the time of the server',
    timer: 'timers',
    version: 'the version',
  },
};

/** The packages that have layers, by the folders of their sources. */
export const LAYERED = Object.keys(LAYERS);

/** @param {string} root @param {string} folder */
function foldersOf(root, folder) {
  if (!folder.endsWith('/*')) return [folder];
  const parent = folder.slice(0, -2);
  const entries = readdirSync(join(ROOT, root, parent), { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? [`${parent}/${entry.name}`] : [])).sort();
}

/** The key of the words for a folder. @param {string} root @param {string} folder */
function wordsKey(root, folder) {
  const words = WORDS[root] ?? {};
  return folder in words ? folder : folder.replace(/[^/]+$/, '*');
}

/** One package as text, the highest layer first. @param {string} root */
export function pictureOf(root) {
  const levels = (LAYERS[root] ?? []).map((level) => level.flatMap((folder) => foldersOf(root, folder))).reverse();
  const names = levels.map((level) => level.join(', '));
  const width = Math.max(...names.map((name) => name.length));
  return levels.map((level, at) => {
    const words = new Set(level.flatMap((folder) => WORDS[root]?.[wordsKey(root, folder)] ?? []));
    return `${(names[at] ?? '').padEnd(width)}   ${[...words].join('; ')}`.trimEnd();
  });
}

/** The words for folders that have no layer, as `root: folder`. */
export function wordsWithoutLayer() {
  return Object.entries(WORDS).flatMap(([root, words]) => {
    const folders = (LAYERS[root] ?? []).flat().flatMap((folder) => foldersOf(root, folder));
    const used = new Set(folders.map((folder) => wordsKey(root, folder)));
    return Object.keys(words).flatMap((key) => (used.has(key) ? [] : [`${root}: ${key}`]));
  });
}
