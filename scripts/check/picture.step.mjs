import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../process/project.mjs';
import { LAYERED, pictureOf, wordsWithoutLayer } from './layer.picture.mjs';

/** @typedef {import('./step.mjs').Step} Step */

/** The pages with a picture: of the package that the mark names, else of all packages. */
const PAGES = ['README.md', 'docs/layers.md'];
const BLOCK = /(<!-- layers:begin ?(\S*) -->\n)[^]*?(<!-- layers:end -->)/g;
/** The lines above the layers of the server. */
const CLIENTS = [
  'pages with our SDK, any Socket.IO client, old clients, curl',
  '   │ joins, calls       ▲ answers, events',
  '',
];

/** @param {readonly string[]} lines */
const fenced = (lines) => `\n\`\`\`text\n${lines.join('\n')}\n\`\`\`\n`;
const everything = () => LAYERED.map((root) => `\n## ${root}\n${fenced(pictureOf(root))}`).join('');

/** Draws the pictures of a page as `layers.cjs` has the layers now. @param {string} text */
const draw = (text) =>
  text.replace(BLOCK, (_, begin, root, end) => {
    const pictures = root ? fenced([...CLIENTS, ...pictureOf(root)]) : everything();
    return `${begin}${pictures}\n${end}`;
  });

/**
 * Returns the fault of a page; undefined when it has none.
 *
 * @param {string} page
 * @param {boolean} write whether to draw outdated pictures again
 */
function faultOf(page, write) {
  const file = join(ROOT, page);
  const text = readFileSync(file, 'utf8');
  if (!text.match(BLOCK)) return `${page} has no picture between layers:begin and layers:end`;
  const drawn = draw(text);
  if (drawn === text) return undefined;
  if (!write) return `${page} shows other layers than layers.cjs; run npm run check -- picture --write`;
  writeFileSync(file, drawn);
  return undefined;
}

/** @type {Step} */
export const picture = {
  name: 'picture',
  about: 'the pictures of the layers are those of layers.cjs; --write draws them again',
  async run({ write = false } = {}) {
    const faults = [
      ...PAGES.flatMap((page) => faultOf(page, write) ?? []),
      ...wordsWithoutLayer().map(
        (words) => `scripts/check/layer.picture.mjs has words for a folder that is gone: ${words}`,
      ),
    ];
    for (const fault of faults) console.error(fault);
    return faults.length === 0;
  },
};
