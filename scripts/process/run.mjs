import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './project.mjs';

/** @typedef {{ code: number, output: string }} RunResult the end of a program; `output` is empty unless captured */

/** Leads the program's process group and kills it when this process ends in any way. */
const GUARD = join(ROOT, 'src/processes/process.guard.mjs');
/** @type {readonly NodeJS.Signals[]} */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** The time from a signal to SIGKILL, in milliseconds. */
const GRACE_MS = 60_000;

/**
 * Runs a program and its process group to the end.
 *
 * Signals are forwarded to the group; the rest of the group is killed when the program or this process ends.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, capture?: boolean }} [options] `capture` keeps the output instead of showing it
 * @returns {Promise<RunResult>}
 */
export function run(program, args, { cwd = ROOT, env = process.env, capture = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [GUARD, program, ...args], {
      cwd,
      env,
      detached: true,
      stdio: capture ? ['ignore', 'pipe', 'pipe', 'ipc'] : ['inherit', 'inherit', 'inherit', 'ipc'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (/** @type {string} */ text) => (output += text));
    }
    /** @type {Error | undefined} */
    let failure;
    child.on('message', (/** @type {{ error?: string }} */ { error }) => {
      if (error !== undefined) failure = new Error(error);
    });
    /** @param {NodeJS.Signals} signal */
    const forward = (signal) => {
      signalGroup(child.pid, signal);
      setTimeout(() => signalGroup(child.pid, 'SIGKILL'), GRACE_MS).unref();
    };
    for (const signal of SIGNALS) process.on(signal, forward);
    const settled = () => SIGNALS.forEach((signal) => process.off(signal, forward));
    child.on('error', (error) => {
      settled();
      reject(error);
    });
    // Remaining children would hold the output open.
    child.on('exit', () => signalGroup(child.pid, 'SIGKILL'));
    child.on('close', (code, signal) => {
      settled();
      if (failure) reject(failure);
      else resolve({ code: code ?? (signal === 'SIGINT' ? 130 : 143), output });
    });
  });
}

/**
 * @param {number | undefined} leader
 * @param {NodeJS.Signals} signal
 */
function signalGroup(leader, signal) {
  if (leader === undefined) return;
  try {
    process.kill(-leader, signal);
  } catch {
    // The group is empty.
  }
}

/**
 * Runs a JavaScript file with this node.
 *
 * @param {readonly string[]} args the file and its arguments
 * @param {Parameters<typeof run>[2]} [options]
 */
export const runNode = (args, options) => run(process.execPath, args, options);
