import { isElement, type HtmlElement, type HtmlNode } from './html.node.js';

const CLASS = /(?:^|\s)(?:language-|lang-|highlight-source-|highlight-|brush:\s*|sourceCode\s+)([A-Za-z0-9+#_.-]+)/;
const NO_LANGUAGE = new Set(['default', 'none', 'text', 'plaintext', 'plain', 'notranslate', 'source']);
const LEVELS_UP = 3;

function named(element: HtmlElement): string | undefined {
  const { attribs } = element;
  const name = attribs['data-lang'] ?? attribs['data-language'] ?? CLASS.exec(attribs['class'] ?? '')?.[1];
  const language = name?.trim().toLowerCase();
  return language && !NO_LANGUAGE.has(language) ? language : undefined;
}

/** Finds the language of a code block in its own or the surrounding classes, in lower case. */
export function codeLanguage(pre: HtmlElement): string | undefined {
  for (const child of pre.children) {
    const language = isElement(child) ? named(child) : undefined;
    if (language) return language;
  }
  let element: HtmlNode | null = pre;
  for (let level = 0; element && level <= LEVELS_UP; level += 1) {
    const language = isElement(element) ? named(element) : undefined;
    if (language) return language;
    element = element.parent;
  }
  return undefined;
}
