import type { ServiceFigures } from '@switchyard/contract';
import { ADMIN_TOKEN } from './admin.token.js';

/** Reads a service's figures through the admin API, as a person would. @throws Error when the server refuses */
export async function figuresOf({ url }: { url: string }, service: string, query = ''): Promise<ServiceFigures> {
  const response = await fetch(`${url}/admin/migration/${service}/figures${query}`, {
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
  });
  const body: unknown = await response.json();
  if (!response.ok) throw new Error(`unable to read the figures of ${service}; ${JSON.stringify(body)}`);
  return body as ServiceFigures;
}
