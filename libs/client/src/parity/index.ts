export { COMPARISON_FAULTS } from './comparison.faults.js';
export type { ComparisonCounts } from './findings.js';
export { WireComparison, type WireComparisonOptions } from './wire.comparison.js';
