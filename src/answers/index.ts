export * from './answer.extract.js';
export * from './answer.prompt.js';
export * from './answer.writer.js';
export * from './answers.module.js';
export * from './counted.js';
export * from './sentence.js';
