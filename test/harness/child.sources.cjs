// Has the processes that a test's own code starts run from the sources, as that code does: they get the arguments of node
// that their parent was started with, and to Jest's copy of `process` that is what stands here.
const { join } = require('node:path');

process.execArgv.push('-r', join(__dirname, 'typescript.cjs'));
