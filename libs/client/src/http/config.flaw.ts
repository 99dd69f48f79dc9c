import type { RealtimeConfig } from '@switchyard/contract';

/** Why a document is no configuration for this client; undefined for one that is. */
export function flawOf(document: unknown): string | undefined {
  const { version, services } = (document ?? {}) as Partial<RealtimeConfig>;
  if (!services) return 'no services';
  // Within one major version, only fields are added.
  if (!String(version).startsWith('1.')) return `version ${version}, not 1.x`;
  return undefined;
}
