type Fields = Readonly<Record<string, string | undefined>>;

/** Builds a room's address on an old wire: its fields in the path, else in the query, then Switchyard's parameters. */
export function legacyUrl(base: string, path: string, room: Fields, query: Fields): string {
  const added: Record<string, string | undefined> = { switchyard: '1', ...room, ...query };
  const filled = path.replace(/\/:(\w+)/g, (place, name: string) => {
    const value = room[name];
    if (value === undefined) return place;
    delete added[name];
    return `/${encodeURIComponent(value)}`;
  });
  const url = new URL(base.replace(/^http/, 'ws') + filled);
  for (const [name, value] of Object.entries(added)) if (value !== undefined) url.searchParams.set(name, value);
  return url.href;
}
