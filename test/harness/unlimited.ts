/** The settings that disable the rate limits, because tests send as fast as they can. */
export const UNLIMITED = { RATE_LIMIT_MESSAGES: '0', RATE_LIMIT_JOINS: '0' };
