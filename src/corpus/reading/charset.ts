import { isUtf8 } from 'node:buffer';

/** The characters 0x80 to 0x9f of windows-1252, which `TextDecoder` of several Node.js releases decodes as Latin-1. */
const WINDOWS_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/** Returns the encoding of a label, as browsers define it; undefined for an unknown label. */
export function encodingOf(label: string | undefined): string | undefined {
  const name = (label ?? '').replace(/^[\s"']+|[\s"']+$/g, '').toLowerCase();
  if (name === 'x-user-defined') return 'windows-1252';
  try {
    return new TextDecoder(name).encoding;
  } catch {
    return undefined;
  }
}

/**
 * Decodes a text by its byte order mark, else by its label, else by its own declaration (`declared`).
 *
 * Invalid bytes become U+FFFD.
 */
export function decodeText(body: Buffer, label?: string, declared: () => string | undefined = () => undefined): string {
  const named = markedEncoding(body) ?? encodingOf(label) ?? declared();
  const encoding = named ?? (isUtf8(body) ? 'utf-8' : 'windows-1252');
  if (encoding !== 'windows-1252') return new TextDecoder(encoding).decode(body);
  return body.toString('latin1').replace(/[\x80-\x9f]/g, (octet) => WINDOWS_1252[octet.charCodeAt(0) - 0x80]!);
}

function markedEncoding([first, second, third]: Buffer): string | undefined {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : undefined;
}
