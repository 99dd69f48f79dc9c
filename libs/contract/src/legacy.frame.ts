/** A frame of an old wire: a JSON object, or a bare text such as `ping`. */
export type LegacyFrame = string | { readonly [field: string]: unknown };

/** A frame from the server on an old wire; bytes are sent as a binary frame. */
export type SentFrame = LegacyFrame | Uint8Array;
