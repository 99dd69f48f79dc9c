import { Inject, Injectable } from '@nestjs/common';
import { parseOriginPattern, type OriginPattern } from '../options/origin.pattern.js';
import { REALTIME_OPTIONS, type ResolvedOptions } from '../options/realtime.options.js';

/** Decides which origins pages may connect from; an unknown or malformed origin is refused. */
@Injectable()
export class OriginPolicy {
  private readonly patterns: OriginPattern[];

  constructor(@Inject(REALTIME_OPTIONS) options: Pick<ResolvedOptions, 'allowedOrigins'>) {
    this.patterns = options.allowedOrigins.map(parseOriginPattern);
  }

  /** Whether a request with this `Origin` header is allowed; one without comes from no page, so authentication decides. */
  allows(origin: string | undefined): boolean {
    if (origin === undefined) return true;
    if (!URL.canParse(origin)) return false;
    const { protocol, hostname, port, origin: normal } = new URL(origin);
    // Refuse `null`, and anything with a path or credentials: no browser sends such an origin.
    if (normal === 'null' || normal !== origin.toLowerCase()) return false;
    const actual = port || (protocol === 'https:' ? '443' : '80');
    return this.patterns.some(
      (pattern) =>
        pattern.protocol === protocol &&
        (pattern.port === '*' || pattern.port === actual) &&
        (pattern.subdomains ? hostname.endsWith(`.${pattern.host}`) : hostname === pattern.host),
    );
  }
}
