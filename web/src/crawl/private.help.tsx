/** The end of a sentence that explains how to allow private addresses. */
export function PrivateHelp() {
  return (
    <>
      start the server with <code>CRAWL_ALLOW_PRIVATE=true</code> to let it read sites of this machine.
    </>
  );
}
