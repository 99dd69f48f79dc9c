/** A part that many projects have: the words that name it, and a check that is easily forgotten. */
export interface Topic {
  name: string;
  words: RegExp;
  check: string;
}

const TOPICS: readonly Topic[] = [
  {
    name: 'accounts',
    words:
      /\b(?:sign(?:s|ed|ing)? (?:in|up|out)|log(?:s|ged|ging)? (?:in|out)|login|passwords?|accounts?|roles?|permissions?|auth\w*|register)\b/i,
    check: 'Check that whoever is not signed in, or signed in as somebody else, is refused.',
  },
  {
    name: 'payments',
    words: /\b(?:pay\w*|invoices?|checkout|billing|prices?|refunds?|subscriptions?)\b/i,
    check: 'Check a payment that is refused, and one that is sent twice.',
  },
  {
    name: 'notifications',
    words: /\b(?:notif\w+|e-?mails?|alerts?|remind\w*|messages?|sms|newsletters?)\b/i,
    check: 'Check that each is sent once, and that people can turn it off.',
  },
  {
    name: 'search',
    words: /\b(?:search\w*|find|filter\w*|sort\w*|browse)\b/i,
    check: 'Check it with nothing found, and with more than fits on a page.',
  },
  {
    name: 'integrations',
    words: /\b(?:apis?|webhooks?|integrat\w+|sync\w*|import\w*|export\w*|github|slack|calendar)\b/i,
    check: 'Check what happens while the other side is away, slow or sends nonsense.',
  },
  {
    name: 'performance',
    words: /\b(?:fast\w*|quick\w*|slow\w*|milliseconds?|seconds?|latency|concurrent|scal\w+|offline)\b/i,
    check: 'Say first which number is good enough, then measure it.',
  },
  {
    name: 'security',
    words: /\b(?:secur\w+|encrypt\w*|privacy|private|gdpr|backups?|audit\w*)\b/i,
    check: 'Write down what is protected against whom, and try to get around it.',
  },
  {
    name: 'reports',
    words: /\b(?:reports?|charts?|statistics|dashboards?|analytics|summar\w+|metrics)\b/i,
    check: 'Check the numbers against a few that were counted by hand.',
  },
  {
    name: 'interface',
    words: /\b(?:pages?|screens?|buttons?|forms?|mobile|phones?|views?|dark mode|layout|accessib\w+|drag\w*)\b/i,
    check: 'Check it on a phone, and with the keyboard alone.',
  },
  {
    name: 'data',
    words: /\b(?:stor\w+|sav\w+|databases?|records?|upload\w*|files?|photos?|documents?|delet\w+|archiv\w+|history)\b/i,
    check: 'Check that it is still there after a restart, and gone after it was deleted.',
  },
];

/** Finds the topic of a requirement by its words; undefined when no topic has them. */
export function topicOf(text: string): Topic | undefined {
  return TOPICS.find(({ words }) => words.test(text));
}
