export * from './query.contract.js';
export * from './query.fold.js';
export * from './query.legacy.js';
export * from './query.state.js';
