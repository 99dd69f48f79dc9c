import { connect } from 'node:net';
import type { StreamCodec } from '@switchyard/contract';
import { ServiceGateway, ServiceRegistry, eventStream } from '@switchyard/server';
import { Wires } from '../../libs/server/src/wires/wires.js';
import { changeStage } from '../harness/stage.change.js';
import { EventStream } from '../harness/event.stream.js';
import { until } from '../harness/until.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';
import { JobsGateway, jobs, jobStream, type JobTypes } from './event-stream.example.js';
import { showsExample } from './old.page.js';

describe('an old path of Server-Sent Events', () => {
  let toys: ToyApp;
  let gateway: JobsGateway;
  let count = 0;
  let key: string;
  const streams: EventStream[] = [];
  beforeAll(async () => {
    toys = await startToys({ providers: [JobsGateway], allowedOrigins: ['http://localhost:*'] });
    gateway = toys.get(JobsGateway);
  });
  afterAll(() => toys.close());
  beforeEach(() => {
    key = `job-${(count += 1)}`;
    gateway.jobs.set(key, 10);
  });
  afterEach(() => streams.splice(0).forEach((stream) => stream.close()));

  const open = (lastEventId?: string, more: Record<string, string> = {}, room = key) => {
    const headers = { ...(lastEventId !== undefined && { 'last-event-id': lastEventId }), ...more };
    const stream = new EventStream(toys.url + jobStream.path.replace(':job_id', room), { headers });
    streams.push(stream);
    return stream;
  };
  const wires = () => toys.app.get(ServiceRegistry, { strict: false }).get('jobs').wires;
  const next = (stream: EventStream) => stream.waitFor(() => true);

  it('sends the old events, ids and retry, in the bytes that the codec says', async () => {
    const stream = open();
    const { id } = await next(stream);
    expect(stream.text).toBe(`retry: 200\n\nevent: progress\nid: ${id}\ndata: {"percent":10}\n\n`);
    expect(jobStream.decodeId!(id!)).toMatchObject({ offset: 0 });
    const { epoch } = await gateway.progress(key, 20);
    await gateway.note(key, 'two\nlines');
    expect([await next(stream), await next(stream)]).toEqual([
      { event: 'progress', data: '{"percent":20}', id: `1-${epoch}` },
      { event: 'note', data: 'two\nlines', id: `2-${epoch}` },
    ]);
  });

  it('goes on after the Last-Event-ID of a client, without a snapshot', async () => {
    const first = open();
    await next(first);
    await gateway.progress(key, 20);
    const { id } = await next(first);
    first.close();
    await gateway.progress(key, 30);
    await gateway.note(key, 'almost');
    const second = open(id);
    // A snapshot would not have the note.
    expect([(await next(second)).data, (await next(second)).data]).toEqual(['{"percent":30}', 'almost']);
  });

  it.each([
    ['of the old server', '17'],
    ['that is none', '\u00ff\u00fe'],
    ['of another epoch', '1-another'],
    ['that is long', `1-${'e'.repeat(5000)}`],
  ])('gives a client with an id %s a snapshot', async (_name, id) => {
    await gateway.progress(key, 40);
    expect((await next(open(id))).data).toBe('{"percent":40}');
  });

  it.each<[string, () => EventStream, number, string]>([
    ['an unknown room', () => open(undefined, {}, 'nothing'), 404, 'room.not_found'],
    ['a malformed key', () => open(undefined, {}, 'a%20b'), 400, 'input.invalid'],
    ['another origin', () => open(undefined, { origin: 'https://evil.example' }), 403, 'origin.refused'],
  ])('refuses %s with a status, after which no EventSource comes back', async (_name, ask, status, code) => {
    const answer = await ask().answered();
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toMatchObject({ error: { code } });
  });

  it('answers a HEAD at once, so that the next request on its connection is answered too', async () => {
    const { hostname, port } = new URL(toys.url);
    const path = jobStream.path.replace(':job_id', key);
    const socket = connect(Number(port), hostname);
    const text = new Promise<string>((resolve) => {
      let read = '';
      socket.setEncoding('latin1').on('data', (part: string) => (read += part));
      socket.on('end', () => resolve(read));
    });
    socket.write(`HEAD ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    socket.write('GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    expect((await text).match(/^HTTP\/1\.1 \d+/gm)).toEqual(['HTTP/1.1 405', 'HTTP/1.1 200']);
    expect(wires().oldConnections()).toHaveLength(0);
  });

  it('counts as a connection of the old wire, until it closes', async () => {
    await until('no stream', () => wires().oldConnections().length === 0);
    const stream = open();
    await next(stream);
    expect(wires().oldConnections()).toHaveLength(1);
    stream.close();
    await until('no stream', () => wires().oldConnections().length === 0);
  });

  it('ends when the service is retired, answers 410 then, and serves again after the way back', async () => {
    const stream = open();
    await next(stream);
    await changeStage(toys, 'jobs', { stage: 'retired', force: true });
    expect(await stream.next('problem')).toMatchObject({ data: 'service.retired' });
    await stream.ended();
    expect((await open().answered()).status).toBe(410);
    await changeStage(toys, 'jobs', { stage: 'socketio' });
    expect((await open().answered()).status).toBe(200);
  });

  it('holds its path, so that a server that stops does not wait for a stream before it ends it', () => {
    const holds = (path: string) => [...toys.get(Wires)].some((wire) => wire.holds?.(path));
    expect(['/api/jobs/1/events', '/api/jobs/1', '/api/jobs/%ff/events'].map(holds)).toEqual([true, false, false]);
  });

  it('is described on its page by this example', () => expect(showsExample('event-stream')).toBe(true));
});

/** The old path of a user's own jobs: the token is in a cookie, and the room is the user's. */
const ownJobs: StreamCodec<JobTypes> = {
  ...jobStream,
  path: '/api/my/events',
  tokenIn: ({ cookies }) => cookies.sid,
  keyOf: ({ user, query }) => user && `${query.kind}-of-${user.id}`,
  encodeSnapshot: ({ percent }, { user, query }) => [{ event: 'mine', data: { percent, by: user?.id, query } }],
};

@ServiceGateway({ ...jobs, name: 'own_jobs', namespace: '/own_jobs' }, { wires: [eventStream(ownJobs)] })
class OwnJobsGateway extends JobsGateway {}

describe('an old stream whose request names no room', () => {
  let toys: ToyApp;
  beforeAll(async () => {
    toys = await startToys({ providers: [OwnJobsGateway] });
    toys.get(OwnJobsGateway).jobs.set('import-of-ada', 5);
  });
  afterAll(() => toys.close());

  const open = (path: string, cookie: string) => new EventStream(toys.url + path, { headers: { cookie } });

  it('finds its user in a cookie and its room by the user and the query', async () => {
    const stream = open('/api/my/events?kind=import&sid=ada', 'sid=ada');
    const { data } = await stream.waitFor(() => true);
    expect(JSON.parse(data)).toEqual({ percent: 5, by: 'ada', query: { kind: 'import' } });
    stream.close();
  });

  it('takes no token from elsewhere, and refuses a client without a room', async () => {
    expect((await open('/api/my/events?kind=import&token=ada', '').answered()).status).toBe(400);
    expect((await open('/api/my/events?kind=export', 'sid=ada').answered()).status).toBe(404);
  });
});
