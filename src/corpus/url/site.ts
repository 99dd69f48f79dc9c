const MAX_URL_LENGTH = 2048;

/** Parses an address, which may be relative to `base`; undefined when it is invalid. */
export function parseUrl(address: string, base?: string): URL | undefined {
  // `URL.canParse` of Node 20 and 22 rejects addresses with umlauts once it is optimized.
  try {
    return new URL(address, base);
  } catch {
    return undefined;
  }
}

/**
 * Normalizes an address; undefined when it is not an http(s) address.
 *
 * The result has no fragment, default port or credentials; its host is in lower case, and dots in its path are resolved.
 * Query parameters stay unchanged.
 */
export function normalizeUrl(address: string, base?: string): string | undefined {
  const url = parseUrl(address, base);
  if (!url) return undefined;
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  url.hash = '';
  url.username = '';
  url.password = '';
  if (!url.search) url.search = '';
  return url.href.length <= MAX_URL_LENGTH ? url.href : undefined;
}

/** Returns the site of an address: the host without `www.`, and the port if it is not the default one. */
export function siteOf(address: string): string {
  const { hostname, port } = new URL(address);
  return `${hostname.replace(/^www\./, '')}${port && `:${port}`}`;
}

/** Tells whether two addresses belong to the same site. */
export function isSameSite(one: string, other: string): boolean {
  return siteOf(one) === siteOf(other);
}
