import { MemoryStore } from '@switchyard/server';
import { storeConformance } from './store.conformance.js';

storeConformance('memory', () => Promise.resolve(new MemoryStore()), 10_000);
