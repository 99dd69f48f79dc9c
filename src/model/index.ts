export * from './model.client.js';
export * from './model.module.js';
