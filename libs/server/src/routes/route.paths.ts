import { ROUTE_GROUPS, type HttpOptions, type RouteGroupName } from './http.options.js';
import { groupOf, type RouteType } from './route.js';

const PREFIX = /^(\/[A-Za-z0-9._~-]+)*$/;
const GROUPS: readonly string[] = Object.keys(ROUTE_GROUPS);

/** The addresses of the framework's HTTP routes in this application. */
export class RoutePaths {
  /** What the application's routes put before the framework's own path. */
  readonly prefix: string;
  readonly asControllers: boolean;
  private readonly hostPrefix: string;
  private readonly off: readonly RouteGroupName[];

  /** @throws TypeError when a prefix is malformed, or a group unknown */
  constructor({ prefix = '', off = [], asControllers = false, hostPrefix = '' }: HttpOptions = {}) {
    this.prefix = checkedPrefix('http.prefix', prefix);
    this.hostPrefix = checkedPrefix('http.hostPrefix', hostPrefix);
    if (hostPrefix !== '' && !asControllers) {
      throw new TypeError(
        'unable to use http.hostPrefix; only routes with http.asControllers are under the application',
      );
    }
    const unknown = off.find((group) => !GROUPS.includes(group));
    if (unknown !== undefined) {
      throw new TypeError(`unable to switch off the routes "${unknown}"; http.off takes ${GROUPS.join(', ')}`);
    }
    this.asControllers = asControllers;
    this.off = off;
  }

  /** The address of a path such as `/realtime/config`. */
  of(path: string): string {
    return `${this.hostPrefix}${this.prefix}${path}`;
  }

  /** Whether a group of routes is served. */
  has(group: RouteGroupName): boolean {
    return !this.off.includes(group);
  }

  /** Those of the classes whose group is served. */
  served(types: readonly RouteType[]): RouteType[] {
    return types.filter((type) => this.has(groupOf(type).group));
  }
}

function checkedPrefix(name: string, prefix: string): string {
  if (PREFIX.test(prefix)) return prefix;
  throw new TypeError(`unable to use ${name} "${prefix}"; it is a path such as "/live", without a slash at its end`);
}
