/** The SDK's version, told to the server on every connection. */
export const VERSION = '0.1.0';
