import { htmlPage, linksTo, type Route, type Routes } from './site.server.js';

/** Answers with a redirect. */
export function redirect(to: string, status = 302): Route {
  return (_request, response) => response.writeHead(status, { location: to }).end();
}

/** Answers with any status, type and body. */
export function answer(
  status: number,
  type: string,
  body: string | Buffer,
  headers: Record<string, string> = {},
): Route {
  return (_request, response) => response.writeHead(status, { 'content-type': type, ...headers }).end(body);
}

/** Sends an endless page until the client disconnects. */
const endless: Route = (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/html' });
  const line = `<p>${'signal '.repeat(2000)}</p>`;
  const more = () => {
    while (!response.destroyed && response.write(line));
    if (!response.destroyed) response.once('drain', more);
  };
  more();
};

/** Starts a response and never ends it. */
export const stalled: Route = (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/html' });
  response.write('<p>Just a moment');
};

/** Is busy for the first requests, as many as given, and then serves a page. */
export function busy(times: number, status: 429 | 503, retryAfter?: string): Route {
  let left = times;
  return (_request, response) => {
    const headers = { 'content-type': 'text/html', ...(retryAfter !== undefined && { 'retry-after': retryAfter }) };
    if ((left -= 1) >= 0) response.writeHead(status, headers).end();
    else response.writeHead(200, { 'content-type': 'text/html' }).end(htmlPage('Busy', '<p>Served at last.</p>'));
  };
}

/** A site with every kind of odd response; `/` links to all of them and to the handbook. */
export function oddRoutes(): Routes {
  const paths =
    '/old /missing /private/secret /latin1 /endless /stalled /manual.pdf /loop-a /twice /twice#part ' +
    '/x/../twice /also-twice /away /noindex /notes.md /plain.txt /busy /gone /empty /handbook/index.html';
  return {
    '/robots.txt': answer(200, 'text/plain', 'User-agent: *\nDisallow: /private/\n'),
    '/': htmlPage(
      'Odd things',
      `<p>Each leads somewhere.</p>${linksTo(...paths.split(' '))}
       <a href="http://elsewhere.invalid/">elsewhere</a> <a rel="nofollow" href="/unloved">unloved</a>
       <a href="mailto:yard@alder.invalid">mail</a> <a href="javascript:void 0">nothing</a>`,
    ),
    '/old': redirect('/handbook/tracks.html', 301),
    '/private/secret': htmlPage('Secret', '<p>Not for robots.</p>'),
    '/unloved': htmlPage('Unloved', '<p>Nobody comes here.</p>'),
    '/latin1': answer(
      200,
      'text/html; charset=iso-8859-1',
      Buffer.from('<title>Züge</title><p>Über die Brücke fährt die Straßenbahn.</p>', 'latin1'),
    ),
    '/endless': endless,
    '/stalled': stalled,
    '/manual.pdf': answer(200, 'application/pdf', '%PDF-1.7'),
    '/loop-a': redirect('/loop-b'),
    '/loop-b': redirect('/loop-a'),
    '/twice': htmlPage('Twice', '<p>Linked by several names.</p>'),
    '/also-twice': redirect('/twice'),
    '/away': redirect('http://elsewhere.invalid/'),
    '/noindex': '<meta name="robots" content="noindex"><p>Read me not.</p><a href="/found-through-noindex">on</a>',
    '/found-through-noindex': htmlPage('Found', '<p>Found through a page that is not indexed.</p>'),
    '/notes.md': answer(200, 'text/markdown', '# Notes\n\nOil the points.\n\n```sh\noil --all\n```\n'),
    '/plain.txt': answer(200, 'text/plain', 'Plain words\n\nabout couplings.'),
    '/busy': busy(1, 503, '0'),
    '/gone': answer(410, 'text/html', ''),
    '/empty': answer(200, 'text/html', '<title>Empty</title>'),
  };
}
