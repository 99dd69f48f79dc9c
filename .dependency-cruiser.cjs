const layers = require('./layers.cjs');

const LIST = '^libs/services/index\\.ts$';
/** What a page may load. */
const BROWSER = '^(libs/contract/|libs/client/|web/|libs/services/(?!.*\\.dto\\.ts$))';
const TESTS = '\\.(spec|e2e-spec|test-d|test)\\.tsx?$|^libs/[^/]+/test/';
const SERVER_ONLY =
  'node_modules/(@nestjs/|socket\\.io/|ws/|class-validator/|class-transformer/|ioredis/|lmdb/|undici/)';

const escape = (path) => path.replaceAll('.', '\\.');
/** A folder of the list as a pattern; `*` stands for one name. */
const anyOf = (folder) => escape(folder).replace('*', '[^/]+');

/** A folder may import its own files and those of lower layers, types included. */
const layered = Object.entries(layers).flatMap(([root, levels]) =>
  levels.flatMap((level, at) =>
    level.map((folder) => ({
      name: `layers of ${root}: ${folder}`,
      comment: `See layers.cjs: ${folder} is on layer ${at + 1} of ${levels.length}, counted from below.`,
      severity: 'error',
      // A name that `*` stands for is captured, so that the folder may import its own files only.
      from: { path: `^${escape(root)}/${escape(folder).replace('*', '([^/]+)')}/[^/]+$`, pathNot: TESTS },
      to: {
        path: `^${escape(root)}/`,
        pathNot: [
          `^${escape(root)}/${escape(folder).replace('*', '$1')}/[^/]+$`,
          `^${escape(root)}/(${levels.slice(0, at).flat().map(anyOf).join('|')})/[^/]+$`,
        ],
      },
    })),
  ),
);

/** Each folder of a layered package is on the list: a new one has to be given its place. */
const unlisted = Object.entries(layers).map(([root, levels]) => ({
  name: `layers of ${root}: every folder has one`,
  severity: 'error',
  from: {},
  to: { path: `^${escape(root)}/.+/`, pathNot: `^${escape(root)}/(${levels.flat().map(anyOf).join('|')})/[^/]+$` },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...layered,
    ...unlisted,
    {
      name: 'contract-stands-alone',
      comment: 'The contract is what both sides share: it needs nobody.',
      severity: 'error',
      from: { path: '^libs/contract/src/', pathNot: TESTS },
      to: { pathNot: '^libs/contract/src/' },
    },
    {
      name: 'server-knows-the-contract-only',
      comment: 'The framework knows no service and no client.',
      severity: 'error',
      from: { path: '^libs/server/' },
      to: { path: '^(libs/(client|services)|web)/' },
    },
    {
      name: 'stores-know-the-store-entry-only',
      comment: 'contract ← server ← store-*: what a store is written with is in one file of the server.',
      severity: 'error',
      from: { path: '^libs/(store-[^/]+)/', pathNot: TESTS },
      to: {
        path: '^(libs|web)/',
        pathNot: ['^libs/$1/', '^libs/contract/src/index\\.ts$', '^libs/server/src/store\\.entry\\.ts$'],
      },
    },
    {
      name: 'the-application-chooses-the-store',
      comment: 'Who uses one store must not install the drivers of all.',
      severity: 'error',
      from: { path: '^(libs|web|migration)/', pathNot: [TESTS, '^libs/store-'] },
      to: { path: '^libs/store-' },
    },
    {
      name: 'client-knows-the-contract-only',
      comment: 'contract ← client ← pages.',
      severity: 'error',
      from: { path: '^libs/client/', pathNot: TESTS },
      to: { path: '^(libs/(server|services)|web)/' },
    },
    {
      name: 'services-know-no-server',
      comment: 'A service’s shared half is used by pages too.',
      severity: 'error',
      from: { path: '^libs/services/', pathNot: TESTS },
      to: { path: '^(libs/server|web)/' },
    },
    {
      name: 'only-service-clients-know-the-client',
      comment: 'contract, DTO and codec are loaded by the server as well.',
      severity: 'error',
      from: { path: '^libs/services/', pathNot: ['\\.client\\.ts$', TESTS] },
      to: { path: '^libs/client/' },
    },
    {
      name: 'shared-services-apart',
      comment: 'A service touches one folder: what two of them need belongs to the contract or the corpus.',
      severity: 'error',
      from: { path: '^libs/services/([^/]+)/' },
      to: { path: '^libs/services/([^/]+)/', pathNot: '^libs/services/($1|project)/' },
    },
    {
      name: 'shared-services-not-through-the-list',
      comment: 'The list names every service; going through it is one service knowing all others.',
      severity: 'error',
      from: { path: '^libs/services/[^/]+/' },
      to: { path: LIST },
    },
    {
      name: 'services-apart',
      comment: 'Services share the corpus and its domain events, never each other.',
      severity: 'error',
      from: { path: '^src/services/([^/]+)/' },
      to: { path: '^src/services/([^/]+)/', pathNot: '^src/services/$1/' },
    },
    {
      name: 'services-use-their-own-shared-half',
      comment: 'By its file or through the list, never another service’s folder.',
      severity: 'error',
      from: { path: '^src/services/([^/]+)/' },
      to: { path: '^libs/services/([^/]+)/', pathNot: '^libs/services/($1|project)/' },
    },
    {
      name: 'nobody-knows-the-application',
      comment: 'The application is where everything is put together; only tests start it.',
      severity: 'error',
      from: { path: '^(libs|web|migration)/' },
      to: { path: '^src/' },
    },
    {
      name: 'no-tests-in-the-product',
      severity: 'error',
      from: { path: '^(libs|src|web|migration)/', pathNot: TESTS },
      to: { path: ['^test/', TESTS], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'browser-safe',
      comment: 'A type is erased, anything else reaches the page.',
      severity: 'error',
      from: { path: BROWSER, pathNot: TESTS },
      to: { path: [SERVER_ONLY, '\\.dto\\.ts$'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'browser-safe-no-node',
      comment: 'There is no node in a page.',
      severity: 'error',
      from: { path: BROWSER, pathNot: [TESTS, '^web/[^/]+\\.config\\.ts$'] },
      to: { dependencyTypes: ['core'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-circular',
      comment: 'Two files that need each other are one file, or three.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-undeclared',
      comment: 'What the product needs is in dependencies, of this package or of the root.',
      severity: 'error',
      from: { path: '^(libs|src)/', pathNot: [TESTS, '^libs/client/src/testing/'] },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only', 'npm'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Ours only: many a package has a folder dist, and to leave that out is to see none of its imports.
    exclude: { path: ['^(dist|coverage|\\.cache)/', '^libs/[^/]+/dist/', '^web/dist/'] },
    combinedDependencies: true,
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
