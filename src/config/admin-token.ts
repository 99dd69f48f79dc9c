import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { obstacleIn } from '@switchyard/store-lmdb';
import type { Environment } from './environment.js';

/** The admin token, and whether this start created it. */
export interface AdminToken {
  token: string;
  minted: boolean;
}

/**
 * Returns `ADMIN_TOKEN`, or in development a generated token that is stored in `DATA_DIR/admin-token` (mode 0600);
 * undefined elsewhere, which closes the admin API.
 *
 * @throws Error when the token cannot be stored
 */
export function adminToken({ ADMIN_TOKEN, NODE_ENV, DATA_DIR }: Environment): AdminToken | undefined {
  if (ADMIN_TOKEN) return { token: ADMIN_TOKEN, minted: false };
  if (NODE_ENV !== 'development') return undefined;
  try {
    return storedToken(resolve(DATA_DIR));
  } catch (error) {
    throw obstacleIn(resolve(DATA_DIR), error as Error) ?? error;
  }
}

function storedToken(folder: string): AdminToken {
  const file = join(folder, 'admin-token');
  if (existsSync(file)) return { token: readFileSync(file, 'utf8').trim(), minted: false };
  const token = randomBytes(32).toString('base64url');
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${token}\n`, { mode: 0o600 });
  return { token, minted: true };
}
