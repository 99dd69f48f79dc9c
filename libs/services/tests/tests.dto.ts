import { IsOptional, IsString, Length, Matches } from 'class-validator';

export class RunTests {
  /** One of the suites that the server allows. */
  @Matches(/^[a-z][a-z0-9-]{0,63}$/)
  suite: string;

  /** Only tests with this in their name. */
  @IsOptional()
  @IsString()
  @Length(1, 128)
  @Matches(/^[\p{L}\p{N}][\p{L}\p{N} _.,:()'"/+-]*$/u, { message: 'filter must be plain words' })
  filter?: string;
}

export class CancelExecution {
  @IsString()
  @Length(1, 128)
  execution_id: string;
}
