/** A pattern of origins. */
export interface OriginPattern {
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
