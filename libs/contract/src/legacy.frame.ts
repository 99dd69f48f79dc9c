/** A frame of an old wire: a JSON object, or a bare text such as `ping`. */
export type LegacyFrame = string | { readonly [field: string]: unknown };
