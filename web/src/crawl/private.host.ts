const PRIVATE = [
  /^localhost$/,
  /\.(localhost|local|internal)$/,
  /^(127|10)\.\d+\.\d+\.\d+$/,
  /^(192\.168|169\.254|172\.(1[6-9]|2\d|3[01]))\.\d+\.\d+$/,
  /^\[(::1|f[cd].*|fe[89ab].*)\]$/,
];

/** Tells whether an address looks private; the server decides by the resolved address. */
export function looksPrivate(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return PRIVATE.some((pattern) => pattern.test(hostname));
}
