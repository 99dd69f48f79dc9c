import { randomBytes } from 'node:crypto';

/** A new id for a process: no other process has it, and it has neither dots nor spaces. */
export function newNodeId(): string {
  return randomBytes(9).toString('base64url');
}
