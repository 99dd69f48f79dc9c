export * from './tests.contract.js';
export * from './tests.fold.js';
export * from './tests.legacy.js';
export * from './tests.run.js';
