/** The guide's page. */
export const GUIDE_PAGE = 'docs/add-to-your-app.md';

/** Something in the guide is not as the guide says; the message begins with the page and the line. */
export class GuideFault extends Error {
  constructor(
    readonly at: number,
    reason: string,
  ) {
    super(`${GUIDE_PAGE}:${at}: ${reason}`);
    this.name = 'GuideFault';
  }
}
