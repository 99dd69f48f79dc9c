import type { HttpOptions } from './http.options.js';
import { RoutePaths } from './route.paths.js';

it('the prefix of the application stands before that of the framework', () => {
  const paths = new RoutePaths({ prefix: '/live', asControllers: true, hostPrefix: '/api/v1' });
  expect(paths.of('/realtime/config')).toBe('/api/v1/live/realtime/config');
});

it.each([
  [{ prefix: 'live' }, 'http.prefix "live"'],
  [{ prefix: '/live/' }, 'http.prefix "/live/"'],
  [{ prefix: '/:tenant' }, 'http.prefix "/:tenant"'],
  [{ hostPrefix: '/api' }, 'only routes with http.asControllers'],
  [{ off: ['helth'] } as unknown as HttpOptions, '"helth"; http.off takes config, rooms'],
] as [HttpOptions, string][])('the options %j are refused with the reason', (options, reason) => {
  expect(() => new RoutePaths(options)).toThrow(reason);
});
