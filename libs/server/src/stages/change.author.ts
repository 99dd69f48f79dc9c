/** The longest name of a person in the audit, in characters. */
const MAX_AUTHOR = 100;

/** The author of a change in the audit, from the header `X-Switchyard-Actor`; a header without a name counts as none. */
export function authorOf(header: string | undefined): string {
  return header?.trim().slice(0, MAX_AUTHOR) || 'admin';
}
