import { newProject } from '../../projects/index.js';
import { planByRules } from './plan.rules.js';
import { readRequirements } from './requirements.reader.js';

const plan = (description: string, github_repo?: string) =>
  planByRules(newProject({ title: 'Yard', ...(github_repo && { github_repo }) }), readRequirements(description));
const ordersFrom = (description: string) => readRequirements(description).wanted.map(({ order }) => order);

describe('a description', () => {
  it.each([
    ['Users can sign in, upload photos and share albums.', ['Sign in', 'Upload photos', 'Share albums']],
    ['Users can sign in, upload and share photos.', ['Sign in', 'Upload and share photos']],
    ['- Pay by card, invoice and PayPal', ['Pay by card, invoice and PayPal']],
    ['The yard needs to show red, green and blue signals.', ['Show red, green and blue signals']],
    ['Build a map of all tracks. Trains are loud.', ['Build a map of all tracks']],
    ['The app should have a dark mode.', ['Provide a dark mode']],
    ['The app must be fast.', ['Make sure: the app must be fast']],
    ['They must see signals, and photos can be uploaded.', ['See signals', 'Make sure: photos can be uploaded']],
    ['It lets dispatchers move wagons, and it allows drivers to report faults.', ['Move wagons', 'Report faults']],
    [
      'A blog with comments, full-text search and a feed.',
      ['Provide comments', 'Provide full-text search', 'Provide a feed'],
    ],
    ['- [ ] Refunds\n* **Dark** mode\n2) `Undo`', ['Refunds', 'Dark mode', 'Undo']],
    ['- cancel an order\n  within a day\n- cancel an order within a day', ['Cancel an order within a day']],
    ['Trains are loud.', []],
    ['', []],
  ])('%j asks for %j', (description, orders) => {
    expect(ordersFrom(description)).toEqual(orders);
  });

  it('is split into requirements, background and questions', () => {
    const { wanted, background, questions } = readRequirements(
      'Yards are small.\nDispatchers can sort wagons. Who may close a train? Maybe drivers, too.\n\n## Later\n\n- Print lists',
    );
    expect(wanted).toEqual([
      { order: 'Sort wagons', source: 'Dispatchers can sort wagons.' },
      { order: 'Print lists', source: 'Print lists', heading: 'Later' },
    ]);
    expect(background).toEqual(['Yards are small.']);
    expect(questions).toEqual(['Who may close a train?', 'Maybe drivers, too.']);
  });
});

describe('a plan by rules', () => {
  it('answers the questions, sets up, does the requirements by topic, and tests them', () => {
    const tasks = plan(
      'Users can sign in and sort wagons. Who may close a train?',
      'https://github.com/example/yard.git',
    );
    expect(tasks.map(({ feature, title }) => `${feature}: ${title}`)).toEqual([
      'groundwork: Settle what is open',
      'groundwork: Set up work on example/yard',
      'accounts: Sign in',
      'search: Sort wagons',
      'groundwork: Try “Yard” against its requirements',
    ]);
    expect(tasks[0]!.description).toBe('- Who may close a train?');
    expect(tasks[2]!.description).toBe(
      'From the description: “Users can sign in and sort wagons.”\n\n' +
        'Check that whoever is not signed in, or signed in as somebody else, is refused.',
    );
  });

  it('takes the headings of the description as the parts of the project', () => {
    const [, refund] = plan('Checkout:\n- Refunds');
    expect(refund).toMatchObject({ title: 'Refunds', feature: 'Checkout' });
  });

  it('begins with writing requirements when the description has none', () => {
    const titles = [
      'Write down what “Yard” is to do',
      'Set up a repository for “Yard”',
      'Try “Yard” against its requirements',
    ];
    expect(plan('').map(({ title }) => title)).toEqual(titles);
    expect(plan('Trains are loud.')[0]!.description).toContain('All that is known: “Trains are loud.”');
  });

  it('keeps each title to one line, and plans the requirements over its limit in one task', () => {
    const long = `Print ${'very '.repeat(30)}long lists`;
    const tasks = plan(
      [long, ...Array.from({ length: 34 }, (_, n) => `Thing ${n}`)].map((item) => `- ${item}`).join('\n'),
    );
    expect(tasks).toHaveLength(33);
    expect(tasks[1]!.title).toMatch(/^Print very .{60,84}very…$/);
    expect(tasks[1]!.description).toContain('long lists');
    expect(tasks[31]!.title).toBe('Plan the other 5 requirements');
  });
});
