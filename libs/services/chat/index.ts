export * from './chat.contract.js';
export * from './chat.fold.js';
export * from './chat.history.js';
export * from './chat.legacy.js';
export * from './chat.message.js';
export * from './chat.multiplex.legacy.js';
export * from './chat.run.js';
