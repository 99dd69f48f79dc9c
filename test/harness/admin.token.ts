/** The admin token of every application that a test starts. */
export const ADMIN_TOKEN = 'an-admin-token-for-tests';
