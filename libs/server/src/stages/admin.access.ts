import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { REALTIME_OPTIONS, type ResolvedOptions } from '../options/realtime.options.js';

/** Admits requests with the admin token (`Authorization: Bearer …`); the admin API is closed when none is configured. */
@Injectable()
export class AdminAccess {
  constructor(@Inject(REALTIME_OPTIONS) private readonly options: ResolvedOptions) {}

  /** @throws Fault `admin.closed`, `auth.required`, `auth.invalid` */
  check({ headers: { authorization } }: IncomingMessage): void {
    const { adminToken } = this.options;
    if (!adminToken) throw new Fault('admin.closed');
    const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) throw new Fault('auth.required');
    if (!equal(token, adminToken)) throw new Fault('auth.invalid');
  }
}

// Compare digests: the time it takes then reveals neither length nor content.
function equal(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
