import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { obstacleIn } from '@switchyard/store-lmdb';
import type { Environment } from './environment.js';

/** The admin token, and whether it was made just now. */
export interface AdminToken {
  token: string;
  minted: boolean;
}

/**
 * The admin token: `ADMIN_TOKEN`, else in development one that is minted once and kept (mode 0600) as `admin-token` in
 * `DATA_DIR`; undefined elsewhere, which closes the admin API.
 *
 * @throws Error in one sentence when it cannot be kept there
 */
export function adminToken({ ADMIN_TOKEN, NODE_ENV, DATA_DIR }: Environment): AdminToken | undefined {
  if (ADMIN_TOKEN) return { token: ADMIN_TOKEN, minted: false };
  if (NODE_ENV !== 'development') return undefined;
  try {
    return keptToken(resolve(DATA_DIR));
  } catch (error) {
    throw obstacleIn(resolve(DATA_DIR), error as Error) ?? error;
  }
}

function keptToken(folder: string): AdminToken {
  const file = join(folder, 'admin-token');
  if (existsSync(file)) return { token: readFileSync(file, 'utf8').trim(), minted: false };
  const token = randomBytes(32).toString('base64url');
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${token}\n`, { mode: 0o600 });
  return { token, minted: true };
}
