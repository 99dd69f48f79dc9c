import { readdirSync, readFileSync } from 'node:fs';

/** The ids of the processes that `parent` has started and that run `program`, which need not be its whole name; Linux only. */
export function childrenOf(parent: number, program: string): number[] {
  const running = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return running.map(Number).filter((pid) => {
    const status = read(`/proc/${pid}/status`);
    return new RegExp(`^PPid:\\s+${parent}$`, 'm').test(status) && read(`/proc/${pid}/cmdline`).includes(program);
  });
}

/** Whether a process runs; one that has ended and that nobody has asked about yet does not. */
export function isRunning(pid: number): boolean {
  return /^State:\s+[^ZX]/m.test(read(`/proc/${pid}/status`));
}

/** The time that a process has computed so far, in hundredths of a second. */
export function computed(pid: number): number {
  const fields = read(`/proc/${pid}/stat`).split(') ')[1]?.split(' ');
  return fields ? Number(fields[11]) + Number(fields[12]) : 0;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    // It has ended meanwhile.
    return '';
  }
}
