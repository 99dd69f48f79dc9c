/** The groups of HTTP routes that the framework serves, with their paths below the prefix. */
export const ROUTE_GROUPS = {
  config: '/realtime/config',
  rooms: '/realtime/rooms',
  calls: '/realtime/calls',
  events: '/realtime/events',
  stats: '/realtime/stats',
  health: '/health',
  migration: '/admin/migration',
} as const;

/** The name of a group of routes. */
export type RouteGroupName = keyof typeof ROUTE_GROUPS;

/** Where and how the framework's HTTP routes are served. */
export interface HttpOptions {
  /** Stands before the path of every route, for example `/live`; clients are made with the same prefix. None when undefined. */
  prefix?: string;
  /** The groups that are not served; none when undefined. */
  off?: readonly RouteGroupName[];
  /**
   * Whether the routes are Nest controllers, so that the application's global prefix, version, guards, pipes, interceptors,
   * filters, CORS and body parser apply to them. When false or undefined none of these does.
   */
  asControllers?: boolean;
  /** What the application's global prefix and version put before the controllers' paths, for example `/api/v1`; clients are told. */
  hostPrefix?: string;
}
