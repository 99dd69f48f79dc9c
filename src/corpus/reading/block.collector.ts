import { codeLanguage } from './code.language.js';
import type { Block } from './document.js';
import { isElement, textOf, walk, type HtmlElement, type HtmlNode, type Step } from './html.node.js';

const SKIPPED = new Set(
  'script style noscript template nav aside footer head title iframe object svg canvas button select textarea dialog'.split(
    ' ',
  ),
);
const SKIPPED_ROLES = new Set(['navigation', 'banner', 'contentinfo', 'search', 'complementary']);
const INLINE = new Set(
  'a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark q s samp small span strike strong sub sup time tt u var wbr'.split(
    ' ',
  ),
);
/** Elements that separate words but not paragraphs. */
const SPACING = new Set(['br', 'td', 'th']);
const LINE_NUMBERS = /(?:^|\s)(?:linenos?|line-numbers?|lineno|gutter)(?:\s|$)/;

/** Converts a parsed page into headings, paragraphs and code blocks. */
export class BlockCollector {
  private readonly blocks: Block[] = [];
  private line = '';

  /** @param whole set when no element holds the main text; then the page's own header is skipped */
  constructor(private readonly whole: boolean) {}

  /** Collects the blocks below `root` in order. */
  collect(root: HtmlNode): Block[] {
    walk(
      root,
      (node) => this.enter(node),
      (node) => this.leave(node),
    );
    this.flush();
    return this.blocks;
  }

  private enter(node: HtmlNode): Step {
    const text = textOf(node);
    if (text !== undefined) this.line += text;
    if (!isElement(node) || this.isSkipped(node)) return 'over';
    if (node.name === 'pre') {
      this.flush();
      this.code(node);
      return 'over';
    }
    if (SPACING.has(node.name)) this.line += ' ';
    else if (!INLINE.has(node.name)) this.flush();
    return 'into';
  }

  private leave(node: HtmlNode): void {
    if (!isElement(node) || INLINE.has(node.name) || SPACING.has(node.name)) return;
    const level = /^h([1-6])$/.exec(node.name)?.[1];
    this.flush(level ? Number(level) : undefined);
  }

  private flush(heading?: number): void {
    const text = this.line.replace(/\s+/g, ' ').trim();
    this.line = '';
    if (text) this.blocks.push(heading ? { kind: 'heading', level: heading, text } : { kind: 'text', text });
  }

  private code(pre: HtmlElement): void {
    let text = '';
    walk(
      pre,
      (node) => {
        if (isElement(node) && LINE_NUMBERS.test(node.attribs['class'] ?? '')) return 'over';
        text += isElement(node) && node.name === 'br' ? '\n' : (textOf(node) ?? '');
        return 'into';
      },
      () => undefined,
    );
    const code = text.trimEnd().replace(/^\s*\n/, '');
    const language = codeLanguage(pre);
    if (code) this.blocks.push({ kind: 'code', text: code, ...(language && { language }) });
  }

  private isSkipped({ name, attribs, parent }: HtmlElement): boolean {
    if (SKIPPED.has(name) || SKIPPED_ROLES.has(attribs['role'] ?? '')) return true;
    if ('hidden' in attribs || attribs['aria-hidden'] === 'true') return true;
    return name === 'header' && this.whole && parent !== null && 'name' in parent && parent.name === 'body';
  }
}
