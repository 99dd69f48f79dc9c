const GAP = '  ';
/** The last column is never cut below so many columns of the terminal. */
const MIN_LAST = 12;
/** Letters of East Asia and pictures take two columns. */
const WIDE =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]/u;
const characters = new Intl.Segmenter();

/** The columns of a terminal that one character takes. @param {string} character */
const widthOf = (character) => (WIDE.test(character) ? 2 : 1);

/** The columns of a terminal that a text takes. @param {string} text */
function width(text) {
  let columns = 0;
  for (const { segment } of characters.segment(text)) columns += widthOf(segment);
  return columns;
}

/** Cuts a text to so many columns, with an ellipsis for the rest. @param {string} text @param {number} columns */
export function cut(text, columns) {
  if (width(text) <= columns) return text;
  let [kept, used] = ['', 0];
  for (const { segment } of characters.segment(text)) {
    used += widthOf(segment);
    if (used >= columns) break;
    kept += segment;
  }
  return `${kept}…`;
}

/**
 * @typedef {object} Column
 * @property {string} title
 * @property {'right'} [align]
 */

/**
 * Lays out a table: columns as wide as their longest text, two spaces between them, the last one cut at the edge.
 *
 * @param {readonly Column[]} columns
 * @param {readonly (readonly string[])[]} rows plain texts
 * @param {number} edge the width of the terminal
 * @returns {string[]} lines, the titles first
 */
export function table(columns, rows, edge) {
  const widths = columns.map(({ title }, at) => Math.max(title.length, ...rows.map((row) => width(row[at] ?? ''))));
  /** @param {readonly string[]} cells */
  const line = (cells) => {
    const texts = cells.map((cell, at) => {
      const space = ' '.repeat((widths[at] ?? 0) - width(cell));
      return columns[at]?.align === 'right' ? space + cell : cell + space;
    });
    const last = texts.pop()?.trimEnd() ?? '';
    const start = texts.map((text) => text + GAP).join('');
    return (start + cut(last, Math.max(edge - width(start), MIN_LAST))).trimEnd();
  };
  return [line(columns.map(({ title }) => title)), ...rows.map(line)];
}
