type Fields = Readonly<Record<string, string | undefined>>;

/** Builds a room's address on an old wire: its key in the path or the query, then Switchyard's parameters. */
export function legacyUrl(base: string, path: string, room: Fields, query: Fields): string {
  const isInPath = ([name]: [string, unknown]) => path.includes(`/:${name}`);
  const entries = Object.entries(room);
  const filled = entries
    .filter(isInPath)
    .reduce((text, [name, key]) => text.replace(`:${name}`, encodeURIComponent(key!)), path);
  const url = new URL(base.replace(/^http/, 'ws') + filled);
  const added = [
    ['switchyard', '1'] as const,
    ...entries.filter((entry) => !isInPath(entry)),
    ...Object.entries(query),
  ];
  for (const [name, value] of added) if (value !== undefined) url.searchParams.set(name, value);
  return url.href;
}
