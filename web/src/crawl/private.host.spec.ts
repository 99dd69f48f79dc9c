import { looksPrivate } from './private.host.js';

it.each(['http://localhost:8080/', 'http://127.0.0.1/', 'http://192.168.1.2/', 'http://172.20.0.1/', 'http://[::1]/'])(
  '%s looks private',
  (url) => expect(looksPrivate(url)).toBe(true),
);

it.each(['https://example.org/', 'http://172.40.0.1/', 'http://10.example.org/', 'local', ''])(
  '%p does not look private',
  (url) => expect(looksPrivate(url)).toBe(false),
);
