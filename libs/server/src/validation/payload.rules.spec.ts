import 'reflect-metadata';
import { plainToInstance, Type } from 'class-transformer';
import {
  Allow,
  ArrayMaxSize,
  IsArray,
  IsDefined,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Max,
  Min,
  ValidateIf,
  ValidateNested,
  validateSync,
} from 'class-validator';
import fc from 'fast-check';
import { rulesOf } from './payload.rules.js';

class Base {
  @IsString()
  @Length(1, 5)
  text: string;
}

class Payload extends Base {
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(9)
  count?: number;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(2)
  @IsString({ each: true })
  @Length(1, 3, { each: true })
  tags?: string[];

  @ValidateIf(({ count }: Payload) => count !== undefined)
  @IsDefined()
  @IsIn(['a', 'b'])
  letter?: string;

  @Allow()
  anything?: unknown;
}

class Inner {
  @IsString() text: string;
}

class Nested {
  @ValidateNested()
  @Type(() => Inner)
  inner: Inner;
}

class Empty {}

const OPTIONS = { whitelist: true, forbidUnknownValues: false };
const value = fc.oneof(
  fc.string({ maxLength: 6 }),
  fc.integer({ min: -2, max: 11 }),
  fc.constantFrom('a', null, undefined, true, 1.5, NaN),
  fc.array(fc.oneof(fc.string({ maxLength: 4 }), fc.integer()), { maxLength: 3 }),
  fc.object({ maxDepth: 1, maxKeys: 2 }),
);
const payload: fc.Arbitrary<object> = fc.record(
  { text: value, count: value, tags: value, letter: value, anything: value, stray: value, constructor: value },
  { requiredKeys: [] },
);

describe('the rules of a payload class', () => {
  it('accept nothing that class-validator refuses, and keep the same fields', () => {
    let admitted = 0;
    fc.assert(
      fc.property(payload, (plain) => {
        const ours = plainToInstance(Payload, plain);
        const theirs = plainToInstance(Payload, plain);
        const refused = validateSync(theirs, OPTIONS).length > 0;
        const admits = rulesOf(Payload)!.accepts(ours);
        expect(admits && refused).toBe(false);
        expect(ours).toEqual(theirs);
        if (admits) admitted += 1;
      }),
      { numRuns: 2000, examples: [[{ text: 'a', count: 1, tags: ['a', 'b'], letter: 'b' }]] },
    );
    expect(admitted).toBeGreaterThan(0);
  });

  it('accept a payload that meets all, inherited ones included', () => {
    const instance = plainToInstance(Payload, { text: 'hello', tags: ['a'], count: 3, letter: 'a', stray: 1 });
    expect(rulesOf(Payload)!.accepts(instance)).toBe(true);
    expect(Object.keys(instance).sort()).toEqual(['count', 'letter', 'tags', 'text']);
    expect(rulesOf(Payload)!.accepts(plainToInstance(Payload, { text: 'too long' }))).toBe(false);
  });

  it('are left to class-validator for a class that nests another', () => {
    expect(rulesOf(Nested)).toBeUndefined();
  });

  it('of a class without any remove every field', () => {
    const instance = Object.assign(new Empty(), { stray: 1 });
    expect(rulesOf(Empty)!.accepts(instance)).toBe(true);
    expect(instance).toEqual(new Empty());
  });

  it('are read once for each class', () => {
    expect(rulesOf(Payload)).toBe(rulesOf(Payload));
  });
});
