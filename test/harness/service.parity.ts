import type { ParityReport, ServiceParity, StatsReply } from '@switchyard/contract';
import { AdminClient } from './admin.client.js';

/** Reads what was found where a service's wires were compared, through the admin API. @throws Error when the server refuses */
export async function parityOf({ url }: { url: string }, service: string, query = ''): Promise<ServiceParity> {
  const { status, body } = await new AdminClient(url).ask<ServiceParity>(`/${service}/parity${query}`);
  if (status !== 200) throw new Error(`unable to read the comparisons of ${service}; ${JSON.stringify(body)}`);
  return body;
}

/** Sends the report of a page over HTTP, as our client does. */
export async function report(
  { url }: { url: string },
  client: string,
  body: { parity?: readonly ParityReport[] } & Record<string, unknown>,
): Promise<StatsReply> {
  const response = await fetch(`${url}/realtime/stats?client_id=${client}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await response.json()) as StatsReply;
}
