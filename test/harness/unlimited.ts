/** What an application is started with whose clients may ask as often as they like: tests are as fast as they can be. */
export const UNLIMITED = { RATE_LIMIT_MESSAGES: '0', RATE_LIMIT_JOINS: '0' };
