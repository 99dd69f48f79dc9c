/**
 * Ends this process, as SIGTERM would, when the shell that npm put above it is gone: npm passes a SIGTERM to that shell
 * only, and the program below would go on without anybody to stop it.
 */
export function endWithShellOfNpm() {
  if (!process.env.npm_lifecycle_event || process.platform === 'win32') return;
  const shell = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 250);
  watch.unref();
}
