import { readdirSync, readFileSync } from 'node:fs';

/** Lists the ids of `parent`'s child processes that run `program`, a part of the program's name; Linux only. */
export function childrenOf(parent: number, program: string): number[] {
  const running = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return running.map(Number).filter((pid) => {
    const status = read(`/proc/${pid}/status`);
    return new RegExp(`^PPid:\\s+${parent}$`, 'm').test(status) && read(`/proc/${pid}/cmdline`).includes(program);
  });
}

/** Tells whether a process runs; a zombie does not. */
export function isRunning(pid: number): boolean {
  return /^State:\s+[^ZX]/m.test(read(`/proc/${pid}/status`));
}

/** Returns the CPU time of a process in hundredths of a second. */
export function computed(pid: number): number {
  const fields = read(`/proc/${pid}/stat`).split(') ')[1]?.split(' ');
  return fields ? Number(fields[11]) + Number(fields[12]) : 0;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    // The process has ended meanwhile.
    return '';
  }
}
