/** The admin token of all test applications. */
export const ADMIN_TOKEN = 'an-admin-token-for-tests';
