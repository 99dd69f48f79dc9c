// Makes child processes of a test run from the sources as well: they inherit the node arguments of their parent,
// which Jest's copy of `process` lacks without this file.
const { join } = require('node:path');

process.execArgv.push('-r', join(__dirname, 'typescript.cjs'));
