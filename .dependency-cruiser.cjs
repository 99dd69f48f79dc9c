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

/** Each folder of a layered package is in the list; a new folder needs a place there. */
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
      comment: 'Server and browser share the contract, so it imports nothing.',
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
      comment: 'contract ← server ← store-*: one file of the server exports what a store needs.',
      severity: 'error',
      from: { path: '^libs/(store-[^/]+)/', pathNot: TESTS },
      to: {
        path: '^(libs|web)/',
        pathNot: ['^libs/$1/', '^libs/contract/src/index\\.ts$', '^libs/server/src/store\\.entry\\.ts$'],
      },
    },
    {
      name: 'the-application-chooses-the-store',
      comment: 'An application installs the driver of its own store only.',
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
      comment: 'Pages use the shared half of a service, too.',
      severity: 'error',
      from: { path: '^libs/services/', pathNot: TESTS },
      to: { path: '^(libs/server|web)/' },
    },
    {
      name: 'only-service-clients-know-the-client',
      comment: 'The server loads contract, DTOs and codec as well.',
      severity: 'error',
      from: { path: '^libs/services/', pathNot: ['\\.client\\.ts$', TESTS] },
      to: { path: '^libs/client/' },
    },
    {
      name: 'shared-services-apart',
      comment: 'A service has one folder here: what two services share belongs to the contract, or to project.',
      severity: 'error',
      from: { path: '^libs/services/([^/]+)/' },
      to: { path: '^libs/services/([^/]+)/', pathNot: '^libs/services/($1|project)/' },
    },
    {
      name: 'shared-services-not-through-the-list',
      comment: 'The list exports every service, so a service that imports it depends on all others.',
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
      comment: 'The application composes everything; only tests start it.',
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
      comment: 'A type is erased; any other import reaches the page.',
      severity: 'error',
      from: { path: BROWSER, pathNot: TESTS },
      to: { path: [SERVER_ONLY, '\\.dto\\.ts$'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'browser-safe-no-node',
      comment: 'A page has no Node.js modules.',
      severity: 'error',
      from: { path: BROWSER, pathNot: [TESTS, '^web/[^/]+\\.config\\.ts$'] },
      to: { dependencyTypes: ['core'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-circular',
      comment: 'Merge two files that import each other, or move their common part into a third.',
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
      comment: 'The product imports only packages that are in the dependencies of its package or of the root.',
      severity: 'error',
      from: { path: '^(libs|src)/', pathNot: [TESTS, '^libs/client/src/testing/'] },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only', 'npm'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Only our own dist folders: installed packages keep their code in one, and their imports must be seen.
    // The folders of adopters have packages of their own.
    exclude: {
      path: ['^(dist|coverage|\\.cache)/', '^libs/[^/]+/dist/', '^web/dist/', '^test/adopter/folders/'],
    },
    combinedDependencies: true,
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
