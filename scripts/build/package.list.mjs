/**
 * A package that is published.
 *
 * @typedef {object} Published
 * @property {string} name
 * @property {string} folder in the repository
 * @property {readonly Form[]} forms what its sources are compiled to; none: it is published as it is
 */

/** @typedef {'cjs' | 'esm'} Form CommonJS or ES modules; a package with both has a folder for each in `dist` */

/** @type {readonly Published[]} */
export const PUBLISHED = [
  // A page's bundler leaves out what it does not use from ES modules only, and rxjs would be there twice.
  { name: '@switchyard/contract', folder: 'libs/contract', forms: ['cjs', 'esm'] },
  { name: '@switchyard/client', folder: 'libs/client', forms: ['cjs', 'esm'] },
  // CommonJS runs in every host: Node 20.19 loads the ES modules of Nest 12 from it.
  { name: '@switchyard/server', folder: 'libs/server', forms: ['cjs'] },
  { name: '@switchyard/store-lmdb', folder: 'libs/store-lmdb', forms: ['cjs'] },
  { name: '@switchyard/store-redis', folder: 'libs/store-redis', forms: ['cjs'] },
  { name: '@switchyard/cli', folder: 'migration', forms: [] },
];

/** The packages that are compiled. */
export const COMPILED = PUBLISHED.filter(({ forms }) => forms.length > 0);
