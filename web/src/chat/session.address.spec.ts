import { hashOf, linkTo, sessionOf } from './session.address.js';

describe('the address of a session', () => {
  it('names the session, and is parsed again', () => {
    expect(hashOf('a-1_B')).toBe('#chat/a-1_B');
    expect(sessionOf('#chat/a-1_B')).toBe('a-1_B');
  });

  it.each(['', '#chat', '#chat/', '#crawl/a', '#chat/a/b', '#chat/a b', `#chat/${'a'.repeat(129)}`])(
    'names no session when it ends in %p',
    (hash) => expect(sessionOf(hash)).toBeUndefined(),
  );

  it('is copied without the settings of this tab', () => {
    expect(linkTo('a', 'http://localhost:8080/console/?wire=legacy#chat/b')).toBe(
      'http://localhost:8080/console/#chat/a',
    );
  });
});
