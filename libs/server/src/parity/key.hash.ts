import { createHash } from 'node:crypto';

/** How many hashes there are. */
export const HASHES = 2 ** 48;
const HASH_BYTES = 6;

/** The hash of a client's key, a whole number below `HASHES`; for each purpose the keys are spread anew. */
export function keyHash(purpose: string, service: string, key: string): number {
  const digest = createHash('sha256')
    .update(JSON.stringify([purpose, service, key]))
    .digest();
  return digest.readUIntBE(0, HASH_BYTES);
}
