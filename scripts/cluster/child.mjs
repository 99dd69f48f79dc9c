import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { ROOT } from '../process/project.mjs';

/** @typedef {{ pid: number | undefined, readyText: string, stop: () => Promise<void> }} Child a running program; `readyText` is the captured group of its ready line */

/**
 * Starts a program and resolves when it prints its ready line.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {Readonly<Record<string, string>>} settings additional environment variables
 * @param {RegExp} ready
 * @returns {Promise<Child>}
 */
export async function startChild(program, args, settings, ready) {
  // In its own group, so that Ctrl-C at the terminal does not reach it and we stop the programs in order.
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
    return { pid: child.pid, readyText: found[1] ?? '', stop };
  }
  throw new Error(`unable to start ${program}; it printed ${lines.slice(-3).join(' | ')}`);
}
