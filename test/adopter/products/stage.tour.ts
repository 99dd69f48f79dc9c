/** The token of the admin API of a moved product. */
export const ADMIN_TOKEN = 'admin-token-of-a-moved-product';

/** The stages of a move there and back. */
const TOUR = [
  { stage: 'shadow' },
  { stage: 'canary', percent: 50 },
  { stage: 'socketio' },
  { stage: 'canary', percent: 10 },
  { stage: 'legacy' },
];

/** Moves a service to Socket.IO and back through the admin API. @throws Error with the answer to a refused move */
export async function tourOf(url: string, service: string): Promise<void> {
  for (const change of TOUR) {
    const response = await fetch(`${url}/admin/migration/${service}`, {
      method: 'PUT',
      headers: { Authorization: `Bearer ${ADMIN_TOKEN}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ ...change, reason: 'there and back under load' }),
    });
    if (!response.ok) throw new Error(`unable to move ${service} to ${change.stage}; ${await response.text()}`);
  }
}
