const LONGEST_URL = 2048;

/** An address, relative to `base` if it is; undefined when it is none. */
export function parseUrl(address: string, base?: string): URL | undefined {
  // Not `URL.canParse`: on Node 20 and 22, once it is hot, it takes every address with an umlaut for none.
  try {
    return new URL(address, base);
  } catch {
    return undefined;
  }
}

/**
 * An address in the one form it is known by: no fragment, no default port, no credentials, host in lower case, dots
 * in the path resolved; undefined when it is not an http(s) address. Query parameters are left as they are.
 */
export function normalizeUrl(address: string, base?: string): string | undefined {
  const url = parseUrl(address, base);
  if (!url) return undefined;
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  url.hash = '';
  url.username = '';
  url.password = '';
  if (!url.search) url.search = '';
  return url.href.length <= LONGEST_URL ? url.href : undefined;
}

/** What makes two addresses the same site: the host less `www.`, and the port unless it is the scheme's own. */
export function siteOf(address: string): string {
  const { hostname, port } = new URL(address);
  return `${hostname.replace(/^www\./, '')}${port && `:${port}`}`;
}

/** Whether two addresses are of one site. */
export function isSameSite(one: string, other: string): boolean {
  return siteOf(one) === siteOf(other);
}
