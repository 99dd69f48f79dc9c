const { TestEnvironment } = require('jest-environment-node');
const lmdb = require('lmdb');

/**
 * Loads LMDB once for a test process. Its native half holds on to whatever loaded it, so that every test file that
 * loads it anew stays in memory whole, and after a hundred files the process does nothing but collect garbage.
 */
module.exports = class LmdbOnceEnvironment extends TestEnvironment {
  async setup() {
    await super.setup();
    this.global.lmdbOfThisProcess = lmdb;
  }
};
