/** Words that begin something to be done; what follows an “and” is a task of its own only if it begins with one. */
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

/** Who may or must do something; what it is comes after. */
const MODAL =
  /^(.*?\b(?:must|shall|should|can|could|may|will|ha(?:s|ve) to|needs? to|wants? to|(?:is|are) able to|lets? (?:(?:the|all|every) )?\w+|allows? (?:\w+ )?\w+ to|it is possible to))\s+(?:also\s+|then\s+|be able to\s+)?(.+)$/is;
/** After such a word comes how something is to be, not what is to be done. */
const STATE = /^(?:be|not|never|always|only|remain|stay)\b/i;
const HAVE = /^(?:have|include|contain|come with|feature)\s+(.+)$/is;
const JOINT = /(\s*[,;]\s*(?:and\s+|then\s+)?|\s+and\s+(?:then\s+)?)/;

/** Whether a text begins with something to be done. */
function beginsWithVerb(text: string): boolean {
  return VERBS.has(/^[a-z]+/i.exec(text)?.[0].toLowerCase() ?? '');
}

/** Whether a sentence asks for something, rather than telling how things are. */
export function asksForSomething(sentence: string): boolean {
  return MODAL.test(sentence) || beginsWithVerb(sentence);
}

/**
 * What is to be done according to a sentence or list item, as short orders: “Users can sign in and upload photos.” is
 * “Sign in” and “Upload photos”.
 */
export function ordersIn(text: string): string[] {
  const sentence = text.replace(/[.;!]+$/, '').trim();
  const parts = sentence.split(/,\s+(?:and|but)\s+|;\s+/);
  // Two sentences in one, each with somebody of its own who is to do something.
  if (parts.length > 1 && parts.every((part) => MODAL.test(part))) return parts.flatMap(ordersIn);
  const asked = MODAL.exec(sentence)?.[2];
  if (asked === undefined) return (beginsWithVerb(sentence) ? clauses(sentence) : [sentence]).map(capital);
  if (STATE.test(asked)) return [`Make sure: ${small(sentence)}`];
  const had = HAVE.exec(asked)?.[1];
  if (had !== undefined) return [`Provide ${had}`];
  return clauses(asked).map(capital);
}

/**
 * Takes a text apart where an order ends and another begins. “Pay by card, invoice and PayPal” stays together, and so
 * does “upload and share photos”, of which the first half would not say what.
 */
function clauses(text: string): string[] {
  const [first = '', ...rest] = text.split(JOINT);
  const pieces = rest.filter((_, at) => at % 2 === 1);
  const joints = rest.filter((_, at) => at % 2 === 0);
  const found = [first];
  pieces.forEach((piece, at) => {
    const before = pieces[at - 1] ?? first;
    const saysWhat = hasObject(piece) || beginsWithVerb(pieces[at + 1] ?? '');
    if (beginsWithVerb(piece) && hasObject(before) && saysWhat) found.push(piece);
    else found[found.length - 1] += joints[at]! + piece;
  });
  return found.map((clause) => clause.trim()).filter((clause) => clause !== '');
}

/** Whether there is more than a verb. */
function hasObject(piece: string): boolean {
  return /\S\s+\S/.test(piece);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The text with a small first letter, unless its first word is a name or an abbreviation. */
function small(text: string): string {
  return /^(?:The|A|An|It|They|Users?|Everyone|Everything|All|Each|Every|Pages?|Data)\b/.test(text)
    ? text.charAt(0).toLowerCase() + text.slice(1)
    : text;
}
