const { availableParallelism } = require('node:os');

const swc = (parser) => [
  '@swc/jest',
  {
    jsc: {
      target: 'es2022',
      parser,
      keepClassNames: true,
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    },
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
  },
];

/** The files with tests that measure the coverage; the others start whole programs, and would take a quarter longer. */
const MEASURED_TESTS = ['<rootDir>/test/conformance', '<rootDir>/test/old-wires'];
const MEASURED = ['<rootDir>/src', '<rootDir>/libs', '<rootDir>/web/src', ...MEASURED_TESTS];

/** @type {import('jest').Config} */
const project = {
  rootDir: __dirname,
  testEnvironment: '<rootDir>/libs/store-lmdb/test/lmdb.once.environment.cjs',
  setupFiles: ['<rootDir>/test/harness/child.sources.cjs'],
  globalSetup: '<rootDir>/test/harness/built.programs.mjs',
  testRegex: '\\.(spec|e2e-spec)\\.ts$',
  modulePathIgnorePatterns: ['/dist/'],
  transform: {
    '^.+\\.ts$': swc({ syntax: 'typescript', decorators: true }),
    '^.+\\.m?js$': swc({ syntax: 'ecmascript' }),
  },
  // Nest 12 and these packages ship ES modules only; Jest on Node 20 needs them as CommonJS.
  transformIgnorePatterns: [
    '/node_modules/(?!(@nestjs|chokidar|readdirp|p-queue|p-timeout|eventemitter3|jose|light-my-request|cookie)/)',
  ],
  moduleNameMapper: {
    '^lmdb$': '<rootDir>/libs/store-lmdb/test/lmdb.once.cjs',
    '^@switchyard/(contract|server|client|store-lmdb|store-redis)$': '<rootDir>/libs/$1/src/index.ts',
    '^@switchyard/server/store$': '<rootDir>/libs/server/src/store.entry.ts',
    '^@switchyard/client/parity$': '<rootDir>/libs/client/src/parity/index.ts',
    '^@switchyard/client/testing$': '<rootDir>/libs/client/src/testing/index.ts',
    '^@switchyard/services$': '<rootDir>/libs/services/index.ts',
    '^@switchyard/services/(.+)$': '<rootDir>/libs/services/$1.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
};

/** @type {import('jest').Config} */
module.exports = {
  // What hangs fails; how fast it is on a busy machine is no test's business.
  testTimeout: 60_000,
  maxWorkers: Math.max(2, availableParallelism() - 1),
  reporters: ['default', '<rootDir>/scripts/test/end.reporter.mjs'],
  testSequencer: '<rootDir>/scripts/test/suites.first.sequencer.mjs',
  projects: [
    { ...project, roots: MEASURED },
    {
      ...project,
      roots: ['<rootDir>/test'],
      testPathIgnorePatterns: ['/node_modules/', ...MEASURED_TESTS.map((folder) => `${folder}/`)],
      coveragePathIgnorePatterns: ['/'],
    },
  ],
  collectCoverageFrom: [
    'src/**/*.ts',
    'libs/**/*.ts',
    '!**/*.{spec,e2e-spec,test-d}.ts',
    '!libs/*/test/**',
    '!**/dist/**',
    '!**/node_modules/**',
    // Starts the process; every test starts the application without it.
    '!src/main.ts',
  ],
  // Not V8's own: while that counts, V8 lets go of nothing that ran, and a whole run grows by 25 MB with each file.
  coverageProvider: 'babel',
  coverageReporters: ['text-summary', 'json-summary', 'lcovonly'],
};
