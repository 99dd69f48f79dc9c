import { Inject, Injectable } from '@nestjs/common';
import { REALTIME_OPTIONS, type RealtimeOptions } from '../options/realtime.options.js';

interface OriginPattern {
  protocol: string;
  /** The host's labels; a first label `*` stands for one or more. */
  host: string;
  subdomains: boolean;
  /** `*` for any. */
  port: string;
}

const PATTERN = /^(https?):\/\/(\*\.)?([a-z0-9.-]+|\[[0-9a-f:]+\])(?::(\d{1,5}|\*))?$/i;

/**
 * Reads a pattern such as `https://app.example.com`, `https://*.example.com` or `http://localhost:*`.
 *
 * @throws TypeError when it is malformed, or its wildcard stands for a whole top-level domain.
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

/** Decides which origins browsers may come from; it fails closed. */
@Injectable()
export class OriginPolicy {
  private readonly patterns: OriginPattern[];

  constructor(@Inject(REALTIME_OPTIONS) options: Pick<RealtimeOptions, 'allowedOrigins'>) {
    this.patterns = options.allowedOrigins.map(parseOriginPattern);
  }

  /** Whether a request with this `Origin` header may go on; no header means no browser, and authentication decides. */
  allows(origin: string | undefined): boolean {
    if (origin === undefined) return true;
    if (!URL.canParse(origin)) return false;
    const { protocol, hostname, port, origin: normal } = new URL(origin);
    // `null`, and anything with a path or credentials, is no origin a browser sends for a page.
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
