/** Shown in an empty conversation. */
export function ChatEmpty() {
  return (
    <li className="empty">
      <p>
        The agent answers from what was crawled, and says from which pages. It knows nothing else: crawl a site, then
        ask about it.
      </p>
      <p>
        <a className="button" href="#crawl">
          Crawl a site
        </a>
      </p>
    </li>
  );
}
