/** The id that an old client gives a request, so that it recognises the answer; at most `MAX_REQUEST_ID` characters. */
export type RequestId = string | number | null;

/** The longest id of a request, in characters; a longer one is refused without it. */
export const MAX_REQUEST_ID = 256;
