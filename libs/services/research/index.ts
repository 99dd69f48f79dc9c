export * from './research.contract.js';
export * from './research.fold.js';
export * from './research.legacy.js';
export * from './research.state.js';
