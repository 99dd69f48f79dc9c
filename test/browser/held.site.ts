import { htmlPage, linksTo, startSite, type Site } from '../sites/site.server.js';

/** A small site with one page that is answered on release, so that a crawl stays unfinished. */
export interface HeldSite extends Site {
  /** Answers the held page, from now on at once. */
  release(): void;
}

/** Serves five pages; `/held` waits. */
export async function startHeldSite(): Promise<HeldSite> {
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const page = (title: string) => htmlPage(title, `<p>What there is to know about ${title}.</p>`);
  const site = await startSite({
    '/': htmlPage('Junction', `<p>Where all tracks begin.</p>${linksTo('/points', '/signals', '/hump', '/held')}`),
    '/points': page('points'),
    '/signals': page('signals'),
    '/hump': page('the hump'),
    '/held': (_request, response) => {
      void released.then(() => response.writeHead(200, { 'content-type': 'text/html' }).end(page('patience')));
    },
  });
  return Object.assign(site, { release });
}
