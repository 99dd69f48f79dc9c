import { readFileSync } from 'node:fs';

/**
 * Sends SIGTERM to this process when npm or npm's shell has ended.
 *
 * npm forwards a SIGTERM to its shell only, so the program would otherwise continue.
 */
export function endWithNpm() {
  if (!process.env.npm_lifecycle_event || process.platform === 'win32') return;
  const shell = process.ppid;
  const npm = npmAbove(shell);
  const watch = setInterval(() => {
    if (process.ppid === shell && npmAbove(shell) === npm) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 250);
  watch.unref();
}

/**
 * @param {number} pid
 * @returns {string | undefined} the process id of npm above a shell, if known; undefined for shells that replace
 *   themselves with the program
 */
function npmAbove(pid) {
  try {
    const [, name, rest] = /^\d+ \((.*)\) (.*)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return name?.endsWith('sh') ? rest?.split(' ')[1] : undefined;
  } catch {
    return undefined;
  }
}
