export * from './project-documents.js';
export * from './project.removal.js';
export * from './project.changes.js';
export * from './projects.js';
export * from './projects.module.js';
export * from './tasks.js';
