/** Verbs that begin an order; the words after an “and” are an order of their own only if they begin with one. */
const VERBS = new Set(
  (
    'accept access add adjust allow analyse analyze answer approve archive ask assign attach block book browse build buy calculate cancel change ' +
    'chart check choose clone close collect comment compare compute configure confirm connect convert copy count create customise customize ' +
    'define delete deliver deploy describe design detect develop disable display document download draw edit email enable encrypt enter ' +
    'estimate export extend extract fetch filter find fix follow generate get give group handle hide highlight host identify implement ' +
    'import improve index inform install integrate invite invoice join keep label launch limit link list listen load lock log login make ' +
    'manage mark match measure merge message migrate monitor move notify offer open order organise organize package parse pay pick pin plan ' +
    'play post prepare present preview print process protect provide publish pull push query rate read receive recommend record recover ' +
    'redirect refresh register reject release remember remind remove rename render replace reply report request reserve reset resize restore ' +
    'resume retry return review rotate route run save scan schedule search see select sell send set share show sign sort split start stop ' +
    'store stream submit subscribe suggest summarise summarize support switch sync synchronise synchronize tag test track transfer translate ' +
    'trigger undo unsubscribe update upgrade upload use validate verify view visualise visualize vote warn watch withdraw work write'
  ).split(' '),
);

/** A subject with a modal verb; the order follows. */
const MODAL =
  /^(.*?\b(?:must|shall|should|can|could|may|will|ha(?:s|ve) to|needs? to|wants? to|(?:is|are) able to|lets? (?:(?:the|all|every) )?\w+|allows? (?:\w+ )?\w+ to|it is possible to))\s+(?:also\s+|then\s+|be able to\s+)?(.+)$/is;
/** A word that begins a demanded state, such as “be fast”, not an action. */
const STATE = /^(?:be|not|never|always|only|remain|stay)\b/i;
/** Words that begin a demanded part, such as “have a dark mode”. */
const HAVE = /^(?:have|include|contain|come with|feature)\s+(.+)$/is;
/** A separator between two clauses. */
const SEPARATOR = /(\s*[,;]\s*(?:and\s+|then\s+)?|\s+and\s+(?:then\s+)?)/;

/** Whether a text begins with a verb of an order. */
function beginsWithVerb(text: string): boolean {
  return VERBS.has(/^[a-z]+/i.exec(text)?.[0].toLowerCase() ?? '');
}

/** Whether a sentence asks for something; the others describe a state. */
export function isRequest(sentence: string): boolean {
  return MODAL.test(sentence) || beginsWithVerb(sentence);
}

/**
 * Turns a sentence or list item into short orders: “Users can sign in and upload photos.” becomes “Sign in” and “Upload
 * photos”.
 */
export function ordersIn(text: string): string[] {
  const sentence = text.replace(/[.;!]+$/, '').trim();
  const parts = sentence.split(/,\s+(?:and|but)\s+|;\s+/);
  // Each part is a sentence with a subject of its own.
  if (parts.length > 1 && parts.every((part) => MODAL.test(part))) return parts.flatMap(ordersIn);
  const order = MODAL.exec(sentence)?.[2];
  if (order === undefined) return (beginsWithVerb(sentence) ? clauses(sentence) : [sentence]).map(upperCaseFirst);
  if (STATE.test(order)) return [`Make sure: ${lowerCaseFirst(sentence)}`];
  const part = HAVE.exec(order)?.[1];
  if (part !== undefined) return [`Provide ${part}`];
  return clauses(order).map(upperCaseFirst);
}

/**
 * Splits a text where one order ends and another begins. “Pay by card, invoice and PayPal” stays one order, and so does
 * “upload and share photos”, because “upload” alone has no object.
 */
function clauses(text: string): string[] {
  const [first = '', ...rest] = text.split(SEPARATOR);
  const pieces = rest.filter((_, at) => at % 2 === 1);
  const separators = rest.filter((_, at) => at % 2 === 0);
  const found = [first];
  pieces.forEach((piece, at) => {
    const before = pieces[at - 1] ?? first;
    const isComplete = hasObject(piece) || beginsWithVerb(pieces[at + 1] ?? '');
    if (beginsWithVerb(piece) && hasObject(before) && isComplete) found.push(piece);
    else found[found.length - 1] += separators[at]! + piece;
  });
  return found.map((clause) => clause.trim()).filter((clause) => clause !== '');
}

/** Whether a clause has more words than its verb. */
function hasObject(piece: string): boolean {
  return /\S\s+\S/.test(piece);
}

function upperCaseFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Makes the first letter lower-case if the first word is a known common one; other words may be names. */
function lowerCaseFirst(text: string): string {
  return /^(?:The|A|An|It|They|Users?|Everyone|Everything|All|Each|Every|Pages?|Data)\b/.test(text)
    ? text.charAt(0).toLowerCase() + text.slice(1)
    : text;
}
