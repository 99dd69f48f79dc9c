const PRIVATE = [
  /^localhost$/,
  /\.(localhost|local|internal)$/,
  /^127\./,
  /^10\./,
  /^192\.168\./,
  /^169\.254\./,
  /^172\.(1[6-9]|2\d|3[01])\./,
  /^\[/,
];

/** Whether an address looks like one of this machine or its network; the server decides by the real address. */
export function looksPrivate(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return PRIVATE.some((pattern) => pattern.test(hostname));
}
