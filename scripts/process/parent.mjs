import { readFileSync } from 'node:fs';

/**
 * Ends this process, as SIGTERM would, when npm or the shell that it put above it is gone: npm passes a SIGTERM to that
 * shell only, and the program below would go on without anybody to stop it.
 */
export function endWithShellOfNpm() {
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
 * @returns {string | undefined} the id of npm above a shell, where the system tells; some shells replace themselves with
 *   the program, and then there is nobody in between
 */
function npmAbove(pid) {
  try {
    const [, name, rest] = /^\d+ \((.*)\) (.*)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return name?.endsWith('sh') ? rest?.split(' ')[1] : undefined;
  } catch {
    return undefined;
  }
}
