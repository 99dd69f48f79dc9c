import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE } from '../process/project.mjs';
import { run } from '../process/run.mjs';

// One folder for each run, because apt's locks are off and concurrent runs would interfere.
const STATE = join(CACHE, 'tools', `apt.${process.pid}`);

/**
 * Runs one of apt's programs with our own lists and caches, so that neither root nor a lock is needed.
 *
 * It reads the installed packages from the system, so only missing ones are fetched.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {string} [cache]
 */
async function apt(program, args, cache = join(STATE, 'cache')) {
  mkdirSync(join(STATE, 'lists', 'partial'), { recursive: true });
  mkdirSync(join(cache, 'archives', 'partial'), { recursive: true });
  const options = {
    'Dir::State': STATE,
    'Dir::State::status': '/var/lib/dpkg/status',
    'Dir::Cache': cache,
    'Debug::NoLocking': '1',
    // As root, apt would fetch as another user, who may lack access to this folder.
    'APT::Sandbox::User': '',
    'Acquire::Retries': '3',
  };
  const settings = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  const { code, output } = await run(program, [...settings, ...args], {
    capture: true,
    env: { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
  }).catch(() => ({ code: 127, output: `there is no ${program} here` }));
  if (code)
    throw new Error(
      output
        .trim()
        .split('\n')
        .findLast((line) => line.trim()) ?? `${program} ended with ${code}`,
    );
  return output;
}

/** @type {Promise<string> | undefined} */
let lists;

/**
 * Returns the version of a package that would be fetched; updates the package lists once per run.
 *
 * @param {string} name
 */
export async function packageVersion(name) {
  await (lists ??= apt('apt-get', ['-qq', '-o', 'APT::Update::Error-Mode=any', 'update']));
  const version = /Candidate: (\S+)/.exec(await apt('apt-cache', ['policy', name]))?.[1];
  if (!version || version === '(none)') throw new Error(`the distribution has no package ${name}`);
  return version;
}

/**
 * Downloads a package with its missing dependencies; apt checks the signatures.
 *
 * @param {string} name
 * @param {string} folder
 * @returns {Promise<string[]>} the archives
 */
export async function download(name, folder) {
  await apt('apt-get', ['-qq', '-y', '--download-only', '--no-install-recommends', 'install', name], folder);
  const archives = join(folder, 'archives');
  return readdirSync(archives)
    .filter((file) => file.endsWith('.deb'))
    .map((file) => join(archives, file));
}

/**
 * Unpacks archives into one folder without running their scripts.
 *
 * @param {readonly string[]} archives
 * @param {string} folder
 */
export async function unpack(archives, folder) {
  mkdirSync(folder, { recursive: true });
  for (const archive of archives) {
    const { code, output } = await run('dpkg', ['--extract', archive, folder], { capture: true });
    if (code) throw new Error(`unable to unpack ${archive}; ${output.trim()}`);
  }
}

/** Removes package lists and caches. */
export const cleanUp = () => rmSync(STATE, { recursive: true, force: true });
