import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { StartCrawl } from './crawl/crawl.dto.js';
import { CreateProject } from './project/project.dto.js';

const isTaken = (dto: object) => validateSync(dto).length === 0;
const crawl = (url: string) => isTaken(plainToInstance(StartCrawl, { url }));
const project = (github_repo: string) => isTaken(plainToInstance(CreateProject, { title: 'Yard', github_repo }));

describe.each([
  ['a crawl', crawl],
  ['a project', project],
])('the address of %s', (_what, takes) => {
  it.each(['https://yard.test/a?b=c', 'http://localhost:8080/', 'http://[::1]:8080/', 'https://müller.test/'])(
    'may be %s',
    (address) => expect(takes(address)).toBe(true),
  );

  it.each(['file:///etc/passwd', 'ftp://yard.test/', 'yard.test', 'javascript:alert(1)'])(
    'must be a web address, not %s',
    (address) => expect(takes(address)).toBe(false),
  );

  it.each(['https://ada:secret@yard.test/', 'https://token@yard.test/ada/yard'])(
    'holds no secret, unlike %s',
    (address) => expect(takes(address)).toBe(false),
  );
});
