/** What to do when a private address is refused, as the end of a sentence. */
export function PrivateHelp() {
  return (
    <>
      start the server with <code>CRAWL_ALLOW_PRIVATE=true</code> to let it read sites of this machine.
    </>
  );
}
