/** A sample run with a failure; it fails on purpose. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

test('a signal at danger stops a train', () => {
  assert.ok(['danger', 'caution', 'clear'].includes('danger'));
});

test('a siding has no end', () => {
  console.error('looking for the buffer stop');
  assert.equal('buffer stop', 'open track', 'this one fails on purpose');
});

test('points can be thrown under a train', { skip: 'nobody tries that' }, () => {});
