import { lengthOf, type ReadableDocument } from './document.js';
import { isReadable, parseContentType, readDocument } from './document.reader.js';

const url = 'http://alder.example/yard/index.html';
const html = (text: string, more: { charset?: string; robots?: string } = {}): ReadableDocument =>
  readDocument(Buffer.from(text), 'text/html', { url, ...more });

describe('an HTML page', () => {
  it('is read as headings, paragraphs and code, without its navigation', () => {
    const { blocks } = html(`<body><header>Brand</header><nav>Menu</nav><main><h1>The <em>yard</em></h1>
      <p>One<br>two <a href="#">three</a>.</p><ul><li>first<li>second</ul>
      <table><tr><td>a</td><td>b</td></tr></table>
      <pre class="x"><code class="language-TypeScript">if (a) {
  b();
}
</code></pre><script>no()</script><style>no{}</style><aside>Ad</aside><p hidden>no</p></main><footer>Legal</footer>`);
    expect(blocks).toEqual([
      { kind: 'heading', level: 1, text: 'The yard' },
      { kind: 'text', text: 'One two three.' },
      { kind: 'text', text: 'first' },
      { kind: 'text', text: 'second' },
      { kind: 'text', text: 'a b' },
      { kind: 'code', text: 'if (a) {\n  b();\n}', language: 'typescript' },
    ]);
  });

  it.each([
    ['<pre class="lang-go">x</pre>', 'go'],
    ['<div class="highlight-python"><div class="highlight"><pre>x</pre></div></div>', 'python'],
    ['<div class="highlight highlight-source-rust"><pre>x</pre></div>', 'rust'],
    ['<pre class="brush: sql">x</pre>', 'sql'],
    ['<pre data-lang="C++">x</pre>', 'c++'],
    ['<pre><code class="language-plaintext">x</code></pre>', undefined],
    ['<pre>x</pre>', undefined],
  ])('names the language of %s', (markup, language) => {
    expect(html(markup).blocks).toEqual([{ kind: 'code', text: 'x', ...(language && { language }) }]);
  });

  it('takes its title from the title element, the first heading or its address', () => {
    expect(html('<title> The\n yard </title><h1>x</h1><svg><title>icon</title></svg>').title).toBe('The yard');
    expect(html('<h1>Hump</h1>').title).toBe('Hump');
    expect(html('<p>x</p>').title).toBe('index.html');
  });

  it('lists each link that may be followed once, resolved against its base', () => {
    const text =
      '<base href="/docs/"><a href="a">1</a><a href="a">2</a><a rel="external nofollow" href="b">3</a><a href=" c ">4</a><nav><a href="?q">5</a></nav>';
    const docs = 'http://alder.example/docs/';
    expect(html(text).links).toEqual([`${docs}a`, `${docs}c`, `${docs}?q`]);
  });

  it.each([
    ['<meta name="robots" content="noindex">', {}, true, 1],
    ['<meta name="ROBOTS" content="NoFollow, noarchive">', {}, false, 0],
    ['<meta name="switchyard" content="none">', {}, true, 0],
    ['<meta name="otherbot" content="none">', {}, false, 1],
    ['', { robots: 'noindex' }, true, 1],
  ])('obeys %s %j', (meta, more, noindex, links) => {
    const page = html(`${meta}<a href="/x">x</a>`, more);
    expect(page.noindex).toBe(noindex);
    expect(page.links).toHaveLength(links);
  });

  const LONG = `<!--${'x'.repeat(1100)}-->`;
  const CYRILLIC = Buffer.from([0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2]);
  it.each([
    ['<meta charset="windows-1251">'],
    ['<META CharSet = windows-1251 >'],
    ["<meta name=x charset='cp1251'/>"],
    ['<meta http-equiv=Content-Type content="text/html; charset=windows-1251">'],
    [`<meta content='text/html;charset = "windows-1251"' HTTP-EQUIV="CONTENT-TYPE">`],
    [`<html><head>${LONG}<meta charset=windows-1251><title>x</title>`],
    [`<head><title>${'t'.repeat(1200)}</title><link rel=x><base href=/><meta charset=windows-1251>`],
    [`<head><script>${'"<body>"'.repeat(300)}</script><style>b>i{}</style><meta charset=windows-1251></head>`],
    [`<head><noscript><img src=x></noscript>${LONG}<meta charset=windows-1251>`],
    ['<body><p>x</p><meta charset=windows-1251>'],
    ['<!-- <meta charset=utf-8> --><meta charset=windows-1251>'],
    ['<!--><meta charset=windows-1251>'],
    ['<script>"<meta charset=utf-8>"</script><meta charset=windows-1251>'],
    ['<noscript><meta charset=utf-8></noscript><meta charset=windows-1251>'],
    ['<title><meta charset=utf-8></title><meta charset=windows-1251>'],
    ['<a title="<meta charset=utf-8>"><meta charset=windows-1251>'],
    ['<meta charset=klingon><meta charset=windows-1251>'],
    ['<meta name=charset content=utf-8><meta charset=windows-1251>'],
    ['<meta content="text/html; charset=utf-8"><meta charset=windows-1251>'],
    ['<meta charset=windows-1251><meta charset=utf-8>'],
    ['<meta charset=windows-1251 charset=utf-8>'],
    ['<?xml version="1.0" encoding="windows-1251"?>'],
    ['<?xml version="1.0" encoding="utf-8"?><meta charset=windows-1251>'],
  ])('names its charset by %s', (head) => {
    const body = Buffer.concat([Buffer.from(head), Buffer.from('<body><pre>'), CYRILLIC, Buffer.from('</pre>')]);
    expect(readDocument(body, 'text/html', { url }).blocks.at(-1)?.text).toBe('Привет');
  });

  it.each([
    ['a meta tag in its body, beyond where browsers look', `<body>${LONG}<meta charset=windows-1251>`, 'Züge'],
    ['a head that has ended', `<head></head>${LONG}<meta charset=windows-1251>`, 'Züge'],
    ['UTF-16, which no tag can be read in', '<meta charset=utf-16le>', 'Züge'],
    ['UTF-16, as a pragma', '<meta http-equiv=content-type content="text/html;charset=utf-16">', 'Züge'],
    ['nothing known', '<meta charset=klingon>', 'Züge'],
    ['a comment that has no end', '<!-- <meta charset=windows-1251>', undefined],
  ])('in UTF-8 is read as UTF-8 despite %s', (_what, head, text) => {
    const body = Buffer.from(`${head}<body><pre>Züge</pre>`);
    expect(readDocument(body, 'text/html', { url }).blocks.at(-1)?.text).toBe(text);
  });

  it.each([
    ['windows-1252', Buffer.from([0x93, 0x4f, 0x4b, 0x94, 0x20, 0x80]), '“OK” €'],
    ['iso-8859-1', Buffer.from([0x93, 0x4f, 0x4b, 0x94, 0x20, 0x80]), '“OK” €'],
    ['x-user-defined', Buffer.from([0x93, 0x4f, 0x4b, 0x94]), '“OK”'],
    ['windows-31j', Buffer.from([0x93, 0xfa, 0x96, 0x7b]), '日本'],
    ['gb2312', Buffer.from([0xd6, 0xd0, 0xce, 0xc4]), '中文'],
    ['ks_c_5601-1987', Buffer.from([0xc7, 0xd1, 0xb1, 0xdb]), '한글'],
  ])('in %s is decoded, whether a tag or the header names the charset', (charset, bytes, text) => {
    const body = Buffer.concat([Buffer.from('<pre>'), bytes]);
    const named = Buffer.concat([Buffer.from(`<meta charset="${charset}">`), body]);
    for (const document of [
      readDocument(named, 'text/html', { url }),
      readDocument(body, 'text/html', { url, charset }),
      readDocument(bytes, 'text/plain', { url, charset }),
    ]) {
      expect(document.blocks).toEqual([{ kind: document.blocks[0]!.kind, text }]);
    }
  });

  it('is decoded by its XML declaration when it came as XML', () => {
    const head = Buffer.from('<?xml version="1.0" encoding="windows-1251"?><meta charset="utf-8"/><pre>');
    const body = Buffer.concat([head, CYRILLIC]);
    expect(readDocument(body, 'application/xhtml+xml', { url }).blocks[0]?.text).toBe('Привет');
    const wide = Buffer.from('<?xml version="1.0"?><pre>Züge</pre>', 'utf16le');
    expect(readDocument(wide, 'application/xhtml+xml', { url }).blocks[0]?.text).toBe('Züge');
  });

  it('has a title and a description that are cut to a line and a paragraph, between characters', () => {
    const { title, description } = html(
      `<title>${'𠮷'.repeat(100_000)}</title><meta name="description" content="${'word '.repeat(9000)}">`,
    );
    expect(title).toMatch(/^𠮷{149}…$/u);
    expect(description).toHaveLength(1000);
    expect(html(`<p>x</p>`.repeat(2) + '<h1>' + 'y'.repeat(5000)).title).toHaveLength(300);
  });

  it.each([
    ['its byte order mark', Buffer.from('\ufeff<p>Züge', 'utf16le'), 'iso-8859-1'],
    ['the header', Buffer.from('<meta charset="utf-8"><p>Züge', 'latin1'), 'iso-8859-1'],
    ['its meta tag', Buffer.from('<meta charset="iso-8859-1"><p>Züge', 'latin1'), undefined],
    ['being UTF-8', Buffer.from('<p>Züge'), undefined],
    ['not being UTF-8', Buffer.from('<p>Züge', 'latin1'), undefined],
    ['a header nobody understands', Buffer.from('<p>Züge'), 'x-klingon'],
  ])('is decoded by %s', (_, body, charset) => {
    const { blocks } = readDocument(body, 'text/html', { url, ...(charset && { charset }) });
    expect(blocks).toEqual([{ kind: 'text', text: 'Züge' }]);
  });

  it.each([
    ['<div>', ''],
    ['<p><li>', ''],
    ['<a><b>', '<!-- --> <script>"</b>"</script>'],
  ])('is refused when %s is nested too deeply, without much work', (tags, before) => {
    expect(() => html(before + tags.repeat(200_000))).toThrow('nested too deeply');
    expect(() => readDocument(Buffer.from(`\ufeff${tags.repeat(1001)}`, 'utf16le'), 'text/html', { url })).toThrow();
  });

  it('may be long and omit every end tag', () => {
    const items = '<li>one<dt>a<dd>b<tr><td>c<th>d<img><br>'.repeat(3000);
    expect(html(`<ul>${'<li>one'.repeat(3000)}</ul><p>${'<p>two'.repeat(3000)}`).blocks).toHaveLength(6000);
    expect(() => html(items)).toThrow(RangeError);
  });
});

describe('a text', () => {
  it('in Markdown has headings and fenced code', () => {
    const text = '# Yard #\n\nTwo\nlines.\n\n```ts\nlet a;\n\nlet b;\n```\n#hashtag\n~~~\nopen end';
    const document = readDocument(Buffer.from(text), 'text/markdown', { url });
    expect(document).toMatchObject({ title: 'Yard', noindex: false });
    expect(document.blocks).toEqual([
      { kind: 'heading', level: 1, text: 'Yard' },
      { kind: 'text', text: 'Two lines.' },
      { kind: 'code', text: 'let a;\n\nlet b;', language: 'ts' },
      { kind: 'text', text: '#hashtag' },
      { kind: 'code', text: 'open end' },
    ]);
  });

  it('without markup has paragraphs, and a title when its first line is short', () => {
    const document = readDocument(Buffer.from('Yard notes\r\n\r\nOne\r\ntwo.\r\n \r\nThree.'), 'text/plain', { url });
    expect(document.title).toBe('Yard notes');
    expect(document.blocks.map(({ text }) => text)).toEqual(['Yard notes', 'One two.', 'Three.']);
    expect(lengthOf(document.blocks)).toBe(24);
  });

  it('in an unknown or wrong charset is still read', () => {
    expect(readDocument(Buffer.from('Züge', 'latin1'), 'text/plain', { url }).title).toBe('Züge');
    expect(readDocument(Buffer.from('Zug'), 'text/plain', { url, charset: 'x-klingon' }).title).toBe('Zug');
    expect(readDocument(Buffer.from('\ufeffZug', 'utf16le'), 'text/plain', { url }).title).toBe('Zug');
  });
});

describe('a content type', () => {
  it('is split into type and charset', () => {
    expect(parseContentType('Text/HTML; boundary=x; Charset="UTF-8"')).toEqual({ type: 'text/html', charset: 'utf-8' });
    expect(parseContentType(undefined)).toEqual({ type: '' });
  });

  it('is readable when it is HTML, Markdown or plain text', () => {
    const types = [
      'text/html',
      'application/xhtml+xml',
      'text/plain',
      'text/markdown',
      'text/css',
      'application/pdf',
      '',
    ];
    expect(types.filter(isReadable)).toEqual(types.slice(0, 4));
  });
});
