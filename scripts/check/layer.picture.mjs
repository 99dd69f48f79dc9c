import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { ROOT } from '../process/project.mjs';

/** The folders of a package from the lowest layer to the highest; `wires/*` stands for each folder in `wires`. */
/** @typedef {readonly (readonly string[])[]} Layers */

/** The patterns whose folders the picture shows one by one, because a reader looks for the wires. */
const EXPANDED = new Set(['libs/server/src/wires/*', 'libs/client/src/wires/*']);

/** @type {Readonly<Record<string, Layers>>} */
const LAYERS = createRequire(import.meta.url)('../../layers.cjs');

/** A few words about each folder; `wires/*` is for each folder in `wires` without words of its own. */
/** @type {Readonly<Record<string, Readonly<Record<string, string>>>>} */
const WORDS = {
  'libs/server/src': {
    adapter: 'the adapter for Nest',
    lifecycle: 'drain, stop',
    'wires/*': 'one folder for each wire',
    'wires/hosted/proxy': 'a proxy to old processes',
    'wires/legacy/topics': 'old sockets with topics of several services',
    'wires/sse/old': 'old event streams',
    socketio: 'what namespaces share',
    websocket: 'what old WebSockets share',
    upstream: 'bridges to old servers that keep running',
    wires: 'the port of a wire',
    http: 'origins, health, configuration',
    figures: 'what clients experienced, by minute',
    rollout: 'plans of steps and pauses',
    dispatch: 'calls: limit, validate, authorise, run once, answer',
    stages: 'which wire is advised',
    runs: 'long-running work',
    service: 'the behaviour of a service',
    presence: 'who is in a room',
    room: 'one queue and one log for each room',
    identity: 'credentials and their end',
    options: 'the settings of the module',
    counters: 'what happens on each wire',
    cluster: 'this process and the others',
    'store/memory': 'the store of one process, without a disk',
    store: 'the port of a store',
    validation: 'payloads',
    caller: 'who calls',
    queue: 'serial queues',
  },
  'libs/services': {
    '*': 'one folder for each service',
    project: 'what two services share',
  },
  src: {
    services: 'the list of services',
    'services/*': 'one folder for each service',
    answers: 'answers from the pages that were found',
    corpus: 'the index',
    'corpus/web': 'fetching pages',
    'corpus/reading': 'reading documents',
    'corpus/reading/process': 'the processes that read',
    'corpus/url': 'addresses of pages',
    store: 'which store',
    jobs: 'the queue of jobs',
    config: 'settings',
  },
  'web/src': {
    app: 'the page',
    stages: 'the page of the stages',
    realtime: 'one connection for the page',
  },
  'migration/src': {
    commands: 'one file for each command',
    change: 'a change, and the clients that follow it',
    plan: 'steps and state of a rollout plan',
    stage: 'legal moves; a stage in words',
    session: 'what each command works with',
    server: 'the admin API, its address and token',
    terminal: 'tables, colours, questions',
    failure: 'exit codes',
  },
  'libs/client/src': {
    testing: 'test doubles for pages',
    service: 'the typed client of a service',
    realtime: 'one for each page',
    connection: 'state, fallback and way back',
    room: 'positions, order, snapshots',
    call: 'the queue of calls',
    'wires/*': 'one folder for each wire',
    wires: 'the wires of a page',
    socketio: 'what namespaces and / share',
    transport: 'the port of a wire',
    config: 'which wire, at which address',
    http: 'requests',
    identity: 'client id, token',
    backoff: 'when to try again',
    clock: 'the time of the server',
  },
};

/** The packages with more than one layer, by the folders of their sources. */
export const LAYERED = Object.keys(LAYERS).filter((root) => LAYERS[root]?.length);

/** @param {string} root @param {string} folder */
function foldersOf(root, folder) {
  if (!folder.endsWith('/*')) return [folder];
  if (!EXPANDED.has(`${root}/${folder}`)) return [folder];
  const parent = folder.slice(0, -2);
  const entries = readdirSync(join(ROOT, root, parent), { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? [`${parent}/${entry.name}`] : [])).sort();
}

/** The key of the words for a folder. @param {string} root @param {string} folder */
function wordsKey(root, folder) {
  const words = WORDS[root] ?? {};
  return folder in words ? folder : folder.replace(/[^/]+$/, '*');
}

/** Folders of one place as one name: `wires/{legacy, polling}`. @param {readonly string[]} folders */
function nameOf(folders) {
  const [first = ''] = folders;
  if (folders.length < 2) return first;
  return `${dirname(first)}/{${folders.map((folder) => basename(folder)).join(', ')}}`;
}

/** One package as text, the highest layer first. @param {string} root */
export function pictureOf(root) {
  const levels = [...(LAYERS[root] ?? [])].reverse().map((level) => level.map((folder) => foldersOf(root, folder)));
  const names = levels.map((level) => level.map(nameOf).join(', '));
  const width = Math.max(...names.map((name) => name.length));
  return levels.map((level, at) => {
    const words = new Set(level.flat().flatMap((folder) => WORDS[root]?.[wordsKey(root, folder)] ?? []));
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
