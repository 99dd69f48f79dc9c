import { actorHeader, keepActor } from './actor.js';

describe('the name of an operator', () => {
  it.each([
    ['', 'console'],
    ['   ', 'console'],
    [' Ada Lovelace ', 'Ada Lovelace'],
    ['Jürgen', 'Jürgen'],
    ['Łukasz', '?ukasz'],
    ['two\nlines', 'two?lines'],
  ])('“%s” is sent as “%s”, which a header can carry', (name, sent) => {
    keepActor(name);
    expect(actorHeader()).toBe(sent);
    expect(() => new Headers({ 'x-switchyard-actor': actorHeader() })).not.toThrow();
  });
});
