import { join } from 'node:path';
import { getSystemErrorName } from 'node:util';
import { DATA_FILE } from './data.check.js';

/** Why a folder cannot be written to and what to do, by the system's error code. */
const OBSTACLES: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there (give it the right to, or set DATA_DIR to a folder of its own)',
  EPERM: 'this user may not write there (give it the right to, or set DATA_DIR to a folder of its own)',
  EROFS: 'the file system is read-only (mount it writable, or set DATA_DIR to a folder elsewhere)',
  ENOSPC: 'there is no space left (free some, or set DATA_DIR to a folder on another disk)',
  EDQUOT: "this user's quota is used up (raise it, or set DATA_DIR to a folder on another disk)",
  EFBIG: 'the file may not grow any more (raise the limit of the size of files, `ulimit -f`)',
  EEXIST: 'a file is in the place of the folder (move it away, or set DATA_DIR to another folder)',
  EISDIR: 'a folder is in the place of a file (move it away, or set DATA_DIR to another folder)',
  ENOTDIR: 'a file is in the place of a folder (move it away, or set DATA_DIR to another folder)',
};

/** An error that says in one sentence why a folder cannot be written to and what to do; undefined for other errors. */
export function obstacleIn(folder: string, error: Error): Error | undefined {
  const obstacle = OBSTACLES[systemErrorOf(error) ?? ''];
  return obstacle === undefined
    ? undefined
    : new Error(`unable to keep data in ${folder}; ${obstacle}`, { cause: error });
}

/** The error of a store that cannot be opened: what is wrong, and what to do. */
export function dataRefusal(folder: string, error: Error): Error {
  const obstacle = obstacleIn(folder, error);
  if (obstacle) return obstacle;
  if (error.message.startsWith('unable to ')) return error;
  const whatToDo = `restore it from a backup, or move ${folder} away to begin with an empty store`;
  const reason = error.message.endsWith(')') ? error.message : `${error.message} (${whatToDo})`;
  return new Error(`unable to open ${join(folder, DATA_FILE)}; ${reason}`, { cause: error });
}

/** The system's name of an error; LMDB has its number. */
function systemErrorOf(error: Error): string | undefined {
  const { code } = error as { code?: string | number };
  return typeof code === 'number' && code > 0 ? getSystemErrorName(-code) : String(code);
}
