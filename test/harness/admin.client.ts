import type { MigrationAnswer, MigrationAudit, MigrationChange, MigrationState } from '@switchyard/contract';
import { ADMIN_TOKEN } from './admin.token.js';

/** An answer of the admin API. */
export interface AdminAnswer<T = unknown> {
  status: number;
  body: T;
}

/** A page of a service's audit. */
export interface AuditPage {
  entries: MigrationAudit[];
  next?: string;
}

/** Speaks to the admin API as one person. */
export class AdminClient {
  constructor(
    private readonly url: string,
    private readonly actor = 'ada',
    private readonly token = ADMIN_TOKEN,
  ) {}

  /** Sends a request: a PUT when there is a body. */
  async ask<T>(path: string, body?: object): Promise<AdminAnswer<T>> {
    const response = await fetch(`${this.url}/admin/migration${path}`, {
      method: body ? 'PUT' : 'GET',
      headers: {
        authorization: `Bearer ${this.token}`,
        'content-type': 'application/json',
        'x-switchyard-actor': this.actor,
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as T };
  }

  /** Changes a service, and returns its state. @throws Error when that is refused */
  async change(
    service: string,
    change: Omit<MigrationChange, 'reason'> & { reason?: string },
  ): Promise<MigrationState> {
    const { status, body } = await this.ask<MigrationAnswer>(`/${service}`, { reason: 'a test', ...change });
    if (status !== 200) throw new Error(`unable to change ${service}; ${JSON.stringify(body)}`);
    const { warning: _ofAStoreInMemory, ...state } = body;
    return state;
  }

  async state(service: string): Promise<MigrationState> {
    return (await this.ask<MigrationState>(`/${service}`)).body;
  }

  async audit(service: string, query = ''): Promise<AuditPage> {
    return (await this.ask<AuditPage>(`/${service}/audit${query}`)).body;
  }
}
