import {
  hasText,
  isElement,
  textBelow,
  walk,
  type HtmlDocument,
  type HtmlElement,
  type HtmlNode,
} from './html.node.js';

/** How much of an element is read for a title, in characters; the title itself is shorter. */
const MAX_TITLE_SCAN = 10_000;

/** Collects a page's title, metadata and links in one linear pass. */
export class PageSurvey {
  title = '';
  heading = '';
  base: string | undefined;
  /** All contents of meta tags by name, in lower case. */
  readonly metas = new Map<string, string[]>();
  /** The unparsed targets of followable links. */
  readonly targets: string[] = [];
  private readonly mains: HtmlElement[] = [];
  private readonly articles: HtmlElement[] = [];
  private body: HtmlElement | undefined;
  private svgDepth = 0;

  constructor(private readonly page: HtmlDocument) {
    walk(
      page,
      (node) => {
        if (isElement(node)) this.note(node);
        return 'into';
      },
      (node) => {
        if (isElement(node) && node.name === 'svg') this.svgDepth -= 1;
      },
    );
  }

  /** The element with the main text, or the whole body (`whole`) without one. */
  get content(): { root: HtmlNode; whole: boolean } {
    for (const [only, ...others] of [this.mains, this.articles]) {
      if (only && others.length === 0 && hasText(only)) return { root: only, whole: false };
    }
    return { root: this.body ?? this.page, whole: true };
  }

  /** Returns the first non-empty content of a meta name. */
  meta(name: string): string | undefined {
    return this.metas.get(name)?.find((content) => content.trim());
  }

  private note(element: HtmlElement): void {
    const { name, attribs } = element;
    if (name === 'svg') this.svgDepth += 1;
    if (name === 'title' && this.svgDepth === 0) this.title ||= textBelow(element, MAX_TITLE_SCAN).trim();
    if (name === 'h1') this.heading ||= textBelow(element, MAX_TITLE_SCAN).trim();
    if (name === 'base') this.base ??= attribs['href'];
    if (name === 'body') this.body ??= element;
    if (name === 'main' || attribs['role'] === 'main') this.mains.push(element);
    if (name === 'article') this.articles.push(element);
    if (name === 'meta') this.noteMeta(element);
    if (name === 'a' || name === 'area') this.noteLink(element);
  }

  private noteMeta({ attribs: { name, property, content = '' } }: HtmlElement): void {
    const known = (name ?? property)?.trim().toLowerCase();
    if (!known) return;
    const contents = this.metas.get(known);
    if (contents) contents.push(content);
    else this.metas.set(known, [content]);
  }

  private noteLink({ attribs: { href, rel = '' } }: HtmlElement): void {
    if (href !== undefined && !/(^|\s)nofollow(\s|$)/i.test(rel)) this.targets.push(href);
  }
}
