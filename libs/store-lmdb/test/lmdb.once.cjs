// What `lmdb` is in a test (see the environment beside this file), and in a process that a test starts with its address.
module.exports = globalThis.lmdbOfThisProcess ?? require('lmdb');
