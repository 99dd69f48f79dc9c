import 'reflect-metadata';
import { Type, plainToInstance } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  MaxLength,
  ValidateNested,
  validateSync,
} from 'class-validator';
import fc from 'fast-check';
import { maxBytesOf } from './payload.bounds.js';

class Inner {
  @MaxLength(7)
  text: string;
}

class Payload {
  @IsString()
  @Length(0, 5)
  @MaxLength(9)
  text: string;

  @IsArray()
  @ArrayMaxSize(3)
  @MaxLength(4, { each: true })
  tags: string[];

  @IsArray()
  @ArrayUnique()
  @IsIn(['one', 'three'], { each: true })
  choices: string[];

  @IsIn(['é', 7, 'long'])
  choice: string | number;

  @IsInt()
  count: number;

  @IsBoolean()
  is_on: boolean;

  @IsOptional()
  @ValidateNested()
  @Type(() => Inner)
  inner?: Inner;

  @IsArray()
  @ArrayMaxSize(2)
  @ValidateNested({ each: true })
  @Type(() => Inner)
  inners: Inner[];
}

class Unbounded {
  @IsString()
  text: string;

  @Matches(/^a+$/)
  pattern: string;

  @IsIn(['a', 'b'], { each: true })
  many: string[];

  @IsArray()
  @MaxLength(5, { each: true })
  texts: string[];
}

class Endless {
  @ValidateNested()
  @Type(() => Endless)
  within: Endless;

  @MaxLength(10)
  text: string;
}

/** One character by the count of class-validator. */
const character = fc.constantFrom(
  'a',
  '"',
  '\\',
  '\n',
  '\u0001',
  'é',
  '日',
  '😀',
  '☎\ufe0f',
  '😀\ufe0f',
  '\ud800\ufe0e',
);
const textOf = (maxLength: number) => fc.string({ unit: character, maxLength });
const inner = fc.record({ text: textOf(7) });
const payload = fc.record({
  text: textOf(5),
  tags: fc.array(textOf(4), { maxLength: 3 }),
  choices: fc.subarray(['one', 'three']),
  choice: fc.constantFrom('é', 7, 'long'),
  count: fc.maxSafeInteger(),
  is_on: fc.boolean(),
  inner,
  inners: fc.array(inner, { maxLength: 2 }),
});

/** JSON in which every character of every text is escaped. */
function escaped(value: unknown): string {
  return JSON.stringify(value, (_name, field: unknown) =>
    typeof field === 'string' ? units(field) : field,
  ).replaceAll('\\\\u', '\\u');
}

function units(text: string): string {
  return [...text.split('')].map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
}

describe('the most bytes of a payload', () => {
  it('are never fewer than a valid payload has, however it is encoded', () => {
    const bound = maxBytesOf(Payload);
    let accepted = 0;
    fc.assert(
      fc.property(payload, (plain) => {
        if (validateSync(plainToInstance(Payload, plain)).length === 0) accepted += 1;
        for (const text of [JSON.stringify(plain), escaped(plain)]) {
          expect(JSON.parse(text)).toEqual(plain);
          expect(Buffer.byteLength(text)).toBeLessThanOrEqual(bound);
        }
      }),
    );
    expect(accepted).toBeGreaterThan(50);
  });

  it('are about those of the longest text', () => {
    const longest = '😀\ufe0f';
    const plain = { inner: { text: longest.repeat(7) }, inners: Array(2).fill({ text: longest.repeat(7) }) };
    const text = escaped({ ...plain, text: longest.repeat(5), tags: Array(3).fill(longest.repeat(4)) });
    expect(maxBytesOf(Payload)).toBeGreaterThan(text.length);
    // Names may be escaped as well; the number, the boolean and three choices are missing here.
    expect(maxBytesOf(Payload)).toBeLessThan(3 * text.length);
  });

  it('are a few where no field has a bound', () => {
    expect(maxBytesOf(Unbounded)).toBeLessThan(300);
  });

  it('of a class that contains itself count it once', () => {
    expect(maxBytesOf(Endless)).toBeGreaterThan(180);
    expect(maxBytesOf(Endless)).toBeLessThan(400);
  });
});
