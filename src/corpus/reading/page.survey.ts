import {
  hasText,
  isElement,
  textBelow,
  walk,
  type HtmlDocument,
  type HtmlElement,
  type HtmlNode,
} from './html.node.js';

/** Characters that are looked at for a title; what is longer is cut anyway, white space included. */
const TITLE_LOOKED_AT = 10_000;

/** Finds in one passage through a page what is asked of it besides its text; takes time in proportion to its length. */
export class PageSurvey {
  title = '';
  heading = '';
  base: string | undefined;
  /** The contents of meta tags by their names in lower case; of those that come more than once, all. */
  readonly metas = new Map<string, string[]>();
  /** Where links lead that may be followed, as they are written. */
  readonly targets: string[] = [];
  private readonly mains: HtmlElement[] = [];
  private readonly articles: HtmlElement[] = [];
  private body: HtmlElement | undefined;
  private drawings = 0;

  constructor(private readonly page: HtmlDocument) {
    walk(
      page,
      (node) => {
        if (isElement(node)) this.note(node);
        return 'into';
      },
      (node) => {
        if (isElement(node) && node.name === 'svg') this.drawings -= 1;
      },
    );
  }

  /** The element with the main text, or everything (`whole`) where none holds it. */
  get content(): { root: HtmlNode; whole: boolean } {
    for (const [only, ...others] of [this.mains, this.articles]) {
      if (only && others.length === 0 && hasText(only)) return { root: only, whole: false };
    }
    return { root: this.body ?? this.page, whole: true };
  }

  /** What the first meta tag of a name says that says anything. */
  meta(name: string): string | undefined {
    return this.metas.get(name)?.find((content) => content.trim());
  }

  private note(element: HtmlElement): void {
    const { name, attribs } = element;
    if (name === 'svg') this.drawings += 1;
    if (name === 'title' && this.drawings === 0) this.title ||= textBelow(element, TITLE_LOOKED_AT).trim();
    if (name === 'h1') this.heading ||= textBelow(element, TITLE_LOOKED_AT).trim();
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
