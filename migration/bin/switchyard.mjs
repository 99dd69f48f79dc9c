#!/usr/bin/env node
import { runProgram } from '../src/program.mjs';

process.exitCode = await runProgram(process.argv.slice(2));
