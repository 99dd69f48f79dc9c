import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ChangeFigures, MigrationAudit, MigrationChange, MigrationStatus, MoveEffect } from '@switchyard/contract';

/** An admin API with one service, whose figures and effects a test decides. */
export interface AdminServer {
  url: string;
  state: MigrationStatus;
  /** The open connections by wire; the server does not count them when undefined. */
  clients: Record<string, number> | undefined;
  /** What the newest change did, one value for each question; the last one stays. */
  effects: MoveEffect[];
  /** What the audit says about the moment of each change. */
  figures: ChangeFigures | undefined;
  /** How often it was asked for the audit. */
  audits: number;
  /** Whether the answers to changes are lost. */
  losesAnswers: boolean;
  /** The person whom the last change named. */
  actor: string | undefined;
  close(): Promise<void>;
}

const at = (n: number) => new Date(Date.UTC(2026, 0, 1, 12, 0, n)).toISOString();

/** Starts a server that answers like the admin API, to show what a command writes about answers that take a crowd. */
export async function startAdmin(): Promise<AdminServer> {
  const audit: Omit<MigrationAudit, 'effect' | 'figures'>[] = [];
  const answer = (method: string, path: string, body: string): object | undefined => {
    const [, action] = /^\/admin\/migration(?:\/yard(?:\/(\w+))?)?(?:\?|$)/.exec(path) ?? [];
    if (method === 'PUT') {
      const from = admin.state;
      const change = JSON.parse(body) as MigrationChange;
      admin.state = { ...from, ...change, updated_at: at(audit.length + 1), updated_by: 'ada' };
      audit.unshift({ id: `change-${audit.length + 1}`, at: admin.state.updated_at, by: 'ada', from, to: admin.state });
      return admin.state;
    }
    if (action === 'audit') {
      admin.audits += 1;
      const effect = admin.effects.length > 1 ? admin.effects.shift()! : admin.effects[0]!;
      const { figures } = admin;
      return { entries: audit.map((entry) => ({ ...entry, effect, ...(figures && { figures }) })) };
    }
    if (action === 'plan') return undefined;
    if (action === 'figures') return admin.clients && { service: 'yard', at: at(0), clients: admin.clients };
    return { services: [admin.state] };
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.method === 'PUT') admin.actor = request.headers['x-switchyard-actor'] as string;
      if (request.method === 'PUT' && admin.losesAnswers) {
        answer(request.method, request.url!, Buffer.concat(chunks).toString());
        return request.socket.destroy();
      }
      const found = answer(request.method!, request.url!, Buffer.concat(chunks).toString());
      const missing = { error: { code: 'path.not_found', error: 'unable to find the path; nothing is served there' } };
      response
        .writeHead(found ? 200 : 404, { 'content-type': 'application/json' })
        .end(JSON.stringify(found ?? missing));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const admin: AdminServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    state: {
      service: 'yard',
      stage: 'canary',
      percent: 5,
      closed: false,
      held: false,
      updated_at: at(0),
      updated_by: 'flags',
      reason: 'seeded from flags.json',
      switch: 'lossless',
    },
    clients: undefined,
    effects: [{ told: 0, moved: 0 }],
    figures: undefined,
    audits: 0,
    losesAnswers: false,
    actor: undefined,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return admin;
}
