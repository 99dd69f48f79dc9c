import { withDefaults } from './default.options.js';
import { checkOptions } from './option.check.js';
import type { RealtimeOptions } from './realtime.options.js';

const NEEDED: RealtimeOptions = {
  authenticate: () => Promise.resolve(undefined),
  allowedOrigins: ['https://app.example.com'],
};

const refusal = (options: unknown): string => {
  try {
    checkOptions(options);
    return 'none';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('the settings of the module', () => {
  it('are complete with the two that cannot be guessed', () => {
    expect(refusal(NEEDED)).toBe('none');
    expect(refusal({ ...NEEDED, pingIntervalMs: undefined, sloFile: undefined })).toBe('none');
  });

  it.each([
    ['authenticate', 'authenticate is missing; it is a function that returns the user of a client'],
    ['allowedOrigins', "allowedOrigins is missing; it lists the origins of your pages, such as ['https://app"],
  ])('are refused without %s', (name, sentence) => {
    expect(refusal({ ...NEEDED, [name]: undefined })).toMatch(`unable to start; ${sentence}`);
  });

  it.each([
    [{ allowedOrigins: 'https://a.example' }, 'allowedOrigins must be a list of origins'],
    [{ allowedOrigins: ['*'] }, 'allowedOrigins has "*"; expected scheme://host[:port]'],
    [{ allowedOrigins: [7] }, 'allowedOrigins[0] must be a text'],
    [{ authenticate: {} }, 'authenticate must be a function that returns the user'],
    [{ pingIntervalMs: '25s' }, 'pingIntervalMs must be a number of milliseconds, 1 or more'],
    [{ pingTimeoutMs: Infinity }, 'pingTimeoutMs must be a number of milliseconds'],
    [{ maxCallBytes: 1.5 }, 'maxCallBytes must be a whole number of bytes, 0 for no limit'],
    [{ callRate: 60 }, 'callRate must be { limit, window_ms }'],
    [{ callRate: { limit: 60 } }, 'callRate.window_ms must be a number of milliseconds'],
    [{ joinRate: { limit: 1, window_ms: 1, per: 'user' } }, 'joinRate.per is no setting'],
    [{ shadowPercent: 101 }, 'shadowPercent must be a number from 0 to 100'],
    [{ retireAfterDays: -1 }, 'retireAfterDays must be a number, 0 or more'],
    [{ limits: { tabs: '3' } }, 'limits.tabs must be a number'],
    [{ features: ['chat'] }, 'features must be an object'],
    [{ adminToken: '' }, 'adminToken must be a text that is not empty'],
    [{ flagProvider: {} }, 'flagProvider must be an OpenFeature provider'],
    [{ openStore: 'redis' }, 'openStore must be a function that opens a store'],
    [{ allowedOrigin: [] }, 'allowedOrigin is no setting of RealtimeModule; did you mean allowedOrigins?'],
    [{ maxConnections: 3 }, 'maxConnections is no setting of RealtimeModule; did you mean maxConnectionsPerUser?'],
    [{ zebra: true }, 'zebra is no setting of RealtimeModule'],
    [{ wires: [] }, 'wires is no setting; pass it to forRootAsync, beside useFactory'],
  ])('are refused with %p', (wrong, sentence) => {
    expect(refusal({ ...NEEDED, ...wrong })).toMatch(`unable to start; ${sentence}`);
  });

  it.each([
    [{ allowRequest: () => true }, 'socketio.allowRequest cannot be set; set allowedOrigins and authenticate instead'],
    [{ cors: {} }, 'socketio.cors cannot be set; set allowedOrigins instead'],
    [{ pingInterval: 5 }, 'socketio.pingInterval cannot be set; set pingIntervalMs instead'],
    [
      { connectionStateRecovery: {} },
      'socketio.connectionStateRecovery cannot be set; rooms recover by their positions',
    ],
    [{ transport: [] }, 'socketio.transport is no option of Socket.IO’s server; did you mean transports?'],
    [{ transports: ['sse'] }, 'socketio.transports must be a list of polling, websocket, webtransport'],
    [{ path: 'live' }, 'socketio.path must be a path such as /live/socket.io'],
    [{ path: '/realtime' }, 'socketio.path must not be /realtime'],
    [{ allowEIO3: 1 }, 'socketio.allowEIO3 must be true or false'],
  ])('are refused with the option %p of Socket.IO', (socketio, sentence) => {
    expect(refusal({ ...NEEDED, socketio })).toMatch(`unable to start; ${sentence}`);
  });

  it('may have options of Socket.IO, also those of a later version', () => {
    const socketio = { path: '/live/', transports: ['websocket'], perMessageDeflate: true, brandNewThing: 3 };
    expect(refusal({ ...NEEDED, socketio })).toBe('none');
  });

  it('are refused once, with every problem', () => {
    expect(refusal({ allowedOrigins: 7, pingTimeoutMs: -1, authentcate: 1 }).split('\n  ')).toEqual([
      'unable to start; 4 settings of RealtimeModule are wrong',
      expect.stringMatching('^authenticate is missing'),
      expect.stringMatching('^allowedOrigins must'),
      expect.stringMatching('^pingTimeoutMs must'),
      'authentcate is no setting of RealtimeModule; did you mean authenticate?',
    ]);
  });

  it.each([undefined, null, [], 'settings'])('are not %p', (options) => {
    expect(refusal(options)).toMatch('unable to start; the settings of RealtimeModule must be an object');
  });

  it('have published limits that are those in force, and those that the application adds', () => {
    const { limits, features } = withDefaults({
      ...NEEDED,
      callRate: { limit: 7, window_ms: 1000 },
      limits: { heartbeat_interval: 30_000, max_join_rate: 1 },
      features: { auth_required: true },
    });
    expect(limits).toEqual({
      max_connections_per_user: 0,
      max_message_rate: 7,
      message_window_ms: 1000,
      max_join_rate: 1,
      join_window_ms: 10_000,
      ping_interval_ms: 25_000,
      ping_timeout_ms: 20_000,
      room_retention_ms: 300_000,
      heartbeat_interval: 30_000,
    });
    expect(features).toMatchObject({ json_first: true, auth_required: true });
  });
});
