import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** Identifies a process, also against a later one with the same number. */
export interface ProcessMark {
  pid: number;
  host: string;
  /** The boot of the machine and the start of the process; undefined where the system hides them. */
  boot?: string;
  began?: string;
}

/** A process as the system sees it. */
interface SystemProcess {
  began: string;
  /** Whether it has ended and only waits for its parent to read its exit code. */
  isOver: boolean;
}

/** The mark of this process. */
export function thisProcess(): ProcessMark {
  const boot = readSystem('/proc/sys/kernel/random/boot_id')?.trim();
  const began = look(process.pid)?.began;
  return { pid: process.pid, host: hostname(), ...(boot && { boot }), ...(began && { began }) };
}

/** Whether the process with this mark still runs. */
export function isSameProcess({ pid, boot, began }: ProcessMark): boolean {
  if (!(pid > 0) || boot !== readSystem('/proc/sys/kernel/random/boot_id')?.trim()) return false;
  const found = look(pid);
  if (found) return !found.isOver && (began === undefined || began === found.began);
  // The system may hide the processes of other users, and still refuses a signal to them.
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function look(pid: number): SystemProcess | undefined {
  return process.platform === 'linux' ? lookInProc(pid) : lookWithPs(pid);
}

function lookInProc(pid: number): SystemProcess | undefined {
  // The name in the second field may contain spaces.
  const fields = readSystem(`/proc/${pid}/stat`)?.split(') ').at(-1)?.split(' ');
  if (!fields) return undefined;
  return { began: fields[19]!, isOver: isOver(fields[0]!) && !hasThreads(pid) };
}

function lookWithPs(pid: number): SystemProcess | undefined {
  if (process.platform === 'win32') return undefined;
  try {
    const options = { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' }, stdio: 'pipe' } as const;
    const [state, ...began] = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', `${pid}`], options)
      .trim()
      .split(/\s+/);
    return { began: began.join(' '), isOver: isOver(state!) };
  } catch {
    return undefined;
  }
}

function isOver(state: string): boolean {
  return state.startsWith('Z') || state.startsWith('X');
}

// The first thread of a killed process is a zombie while another thread still waits for the disk.
function hasThreads(pid: number): boolean {
  try {
    return readdirSync(`/proc/${pid}/task`).length > 1;
  } catch {
    return false;
  }
}

function readSystem(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
