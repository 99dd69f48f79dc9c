import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { ROOT } from '../process/project.mjs';

/** @typedef {{ pid: number | undefined, said: string, stop: () => Promise<void> }} Child a program that runs; `said` is what the ready line's group held */

/**
 * Starts a program, and resolves once it says that it is ready.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {Readonly<Record<string, string>>} settings its environment besides ours
 * @param {RegExp} ready
 * @returns {Promise<Child>}
 */
export async function startChild(program, args, settings, ready) {
  // A group of its own: an interrupt at the terminal reaches it through us, in our order.
  const child = spawn(program, args, {
    cwd: ROOT,
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const exited = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
  };
  exited.then(
    ([code, signal]) => console.log(`process ${child.pid} has ended (${signal ?? code})`),
    () => undefined,
  );
  const lines = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    const found = ready.exec(line);
    if (!found) continue;
    child.stdout.resume();
    return { pid: child.pid, said: found[1] ?? '', stop };
  }
  throw new Error(`unable to start ${program}; it said ${lines.slice(-3).join(' | ')}`);
}
