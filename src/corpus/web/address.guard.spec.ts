import type { LookupFunction } from 'node:net';
import { redirect } from '../../../test/sites/odd.routes.js';
import { htmlPage, startSite, type Site } from '../../../test/sites/site.server.js';
import { guardedConnector, isPublicAddress } from './address.guard.js';
import { WebClient } from './web.client.js';

const SETTINGS = {
  allowPrivate: false,
  concurrency: 4,
  maxPageBytes: 1000,
  requestTimeoutMs: 20_000,
  userAgent: 'Switchyard',
  retryDelayMs: 10,
};
const never = new AbortController().signal;

describe('the address guard', () => {
  it.each(['8.8.8.8', '1.1.1.1', '2606:4700::1111', '::ffff:8.8.8.8'])('allows %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each(
    (
      '127.0.0.1 127.8.8.8 0.0.0.0 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.100.100.200 168.63.129.16 ' +
      '224.0.0.1 255.255.255.255 198.18.0.1 192.0.2.1 240.0.0.1 :: ::1 ::7f00:1 ::ffff:10.0.0.1 ::ffff:a9fe:a9fe ' +
      'fe80::1 fc00::1 fd00:ec2::254 ff02::1 64:ff9b::7f00:1 2002:7f00:1:: 2001::1 2001:db8::1 nonsense'
    ).split(' '),
  )('refuses %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('a guarded connection', () => {
  let site: Site;
  let port: string;
  const clients: WebClient[] = [];
  const client = (allows: (address: string) => boolean, resolve?: LookupFunction) => {
    const made = new WebClient(SETTINGS, allows, guardedConnector(allows, resolve));
    clients.push(made);
    return made;
  };
  const get = (made: WebClient, url: string) => made.get(url, never, () => true);

  beforeAll(async () => {
    site = await startSite({ '/': htmlPage('Inside', ''), '/hop': redirect('/') });
    ({ port } = new URL(site.url));
  });
  afterEach(() => Promise.all(clients.splice(0).map((made) => made.close())));
  afterAll(() => site.close());

  it('to a private address is refused, however the address is written', async () => {
    const made = client(isPublicAddress);
    for (const host of [
      '127.0.0.1',
      '127.1',
      '0x7f.1',
      '2130706433',
      '0',
      '[::1]',
      '[::ffff:127.0.0.1]',
      'localhost',
    ]) {
      await expect(get(made, `http://${host}:${port}/`)).rejects.toMatchObject({ kind: 'refused' });
    }
    expect(site.requests).toEqual([]);
  });

  it('to this machine is allowed at the configured port only', async () => {
    const other = await startSite({ '/': htmlPage('Other', '') });
    const made = new WebClient({ ...SETTINGS, ownPort: Number(port) });
    clients.push(made);
    expect(await get(made, `http://localhost:${port}/`)).toMatchObject({ status: 200 });
    expect(await get(made, `http://127.0.0.1:${port}/`)).toMatchObject({ status: 200 });
    await expect(get(made, other.url)).rejects.toMatchObject({ kind: 'refused' });
    await other.close();
  });

  it('to other machines is allowed at that port as at any other', async () => {
    const settings = { ...SETTINGS, ownPort: Number(port) };
    const strict = new WebClient(settings);
    const lax = new WebClient({ ...settings, allowPrivate: true, requestTimeoutMs: 100 });
    clients.push(strict, lax);
    await expect(get(strict, `http://10.255.255.1:${port}/`)).rejects.toMatchObject({ kind: 'refused' });
    // Nothing answers there, but the connection was tried.
    await expect(get(lax, `http://10.255.255.1:${port}/`)).rejects.toMatchObject({ kind: 'temporary' });
  });

  it('is checked again when a name resolves differently the second time', async () => {
    const answers = ['127.0.0.1', '127.0.0.2'];
    const rebinding: LookupFunction = (_host, _options, callback) => {
      callback(null, [{ address: answers.shift() ?? '127.0.0.2', family: 4 }]);
    };
    const made = client((address) => address === '127.0.0.1', rebinding);
    expect(await get(made, `http://inside.example:${port}/`)).toMatchObject({ status: 200 });
    await made.close();
    const again = client((address) => address === '127.0.0.1', rebinding);
    await expect(get(again, `http://inside.example:${port}/`)).rejects.toMatchObject({ kind: 'refused' });
  });

  it('uses the public one of several addresses, and only that', async () => {
    const both: LookupFunction = (_host, _options, callback) => {
      callback(null, [
        { address: '127.0.0.9', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ]);
    };
    const made = client((address) => address === '127.0.0.1', both);
    expect(await get(made, `http://both.example:${port}/`)).toMatchObject({ status: 200 });
  });

  it('fails with the error of the lookup when a name is unknown', async () => {
    const unknown: LookupFunction = (_host, _options, callback) => {
      callback(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }), '', 0);
    };
    await expect(
      get(
        client(() => true, unknown),
        `http://nowhere.example:${port}/`,
      ),
    ).rejects.toMatchObject({
      kind: 'temporary',
      message: 'the host name is not known',
    });
  });
});
