import { MemoryStore } from '@switchyard/server';
import { limitConformance } from './limit.conformance.js';
import { seriesConformance } from './series.conformance.js';
import { storeConformance } from './store.conformance.js';

storeConformance('memory', () => Promise.resolve(new MemoryStore()), 10_000);
limitConformance('memory', () => Promise.resolve(new MemoryStore()));
seriesConformance('memory', () => Promise.resolve(new MemoryStore()));
