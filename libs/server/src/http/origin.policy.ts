import { Inject, Injectable } from '@nestjs/common';
import { REALTIME_OPTIONS, type RealtimeOptions } from '../options/realtime.options.js';

interface OriginPattern {
  protocol: string;
  /** The host without the wildcard. */
  host: string;
  /** Whether it also matches subdomains of one or more labels, in place of the host itself. */
  subdomains: boolean;
  /** `*` for any. */
  port: string;
}

const PATTERN = /^(https?):\/\/(\*\.)?([a-z0-9.-]+|\[[0-9a-f:]+\])(?::(\d{1,5}|\*))?$/i;

/**
 * Reads a pattern such as `https://app.example.com`, `https://*.example.com` or `http://localhost:*`.
 *
 * @throws TypeError when it is malformed, or its wildcard covers a top-level domain
 */
export function parseOriginPattern(text: string): OriginPattern {
  const match = PATTERN.exec(text.trim());
  if (!match)
    throw new TypeError(`unable to read the origin "${text}"; expected scheme://host[:port], host may begin with "*."`);
  const [, protocol, wildcard, host, port] = match as unknown as [string, string, string?, string?, string?];
  if (wildcard && !host!.includes('.')) {
    throw new TypeError(`unable to read the origin "${text}"; "*." must stand before a domain of at least two labels`);
  }
  const fallback = protocol.toLowerCase() === 'https' ? '443' : '80';
  return {
    protocol: `${protocol.toLowerCase()}:`,
    host: host!.toLowerCase(),
    subdomains: wildcard !== undefined,
    port: port ?? fallback,
  };
}

/** Decides which origins pages may connect from; an unknown or malformed origin is refused. */
@Injectable()
export class OriginPolicy {
  private readonly patterns: OriginPattern[];

  constructor(@Inject(REALTIME_OPTIONS) options: Pick<RealtimeOptions, 'allowedOrigins'>) {
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
