import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { packAll } from '../build/pack.mjs';
import { CACHE } from '../process/project.mjs';

/** @typedef {import('./step.mjs').Step} Step */
/** @typedef {import('../build/pack.mjs').Tarball} Tarball */

const FOLDER = join(CACHE, 'packed');

/** @type {Step} */
export const packages = {
  name: 'packages',
  about: 'the packed packages: manifests (publint) and how their types resolve (are the types wrong)',
  async run() {
    rmSync(FOLDER, { recursive: true, force: true });
    const faults = [];
    for (const packed of await packAll(FOLDER)) {
      const content = readFileSync(packed.path);
      const found = [...(await manifestFaults(content)), ...(await typeFaults(content))];
      console.log(`${packed.name}: ${packed.files.length} files, ${(content.length / 1024).toFixed(0)} KB`);
      faults.push(...found.map((fault) => `${packed.name}: ${fault}`));
    }
    for (const fault of faults) console.error(fault);
    return faults.length === 0;
  },
};

/** @param {Buffer} tarball */
async function manifestFaults(tarball) {
  // Not at the top: the other steps do not need them.
  const [{ publint }, { formatMessage }] = await Promise.all([import('publint'), import('publint/utils')]);
  const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(tarball).buffer }, strict: true });
  return messages.map((message) => formatMessage(message, pkg, { color: false }) ?? message.code);
}

/** @param {Buffer} tarball */
async function typeFaults(tarball) {
  const { checkPackage, createPackageFromTarballData } = await import('@arethetypeswrong/core');
  const result = await checkPackage(createPackageFromTarballData(new Uint8Array(tarball)));
  // The command line has no types.
  if (!result.types) return [];
  return result.problems.map(({ kind, ...where }) => `${kind} ${JSON.stringify(where)}`);
}
