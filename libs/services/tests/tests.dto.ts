import { IsOptional, IsString, Length, Matches } from 'class-validator';

/** The payload of `run_tests`. */
export class RunTests {
  /** The name of an allowed suite. */
  @Matches(/^[a-z][a-z0-9-]{0,63}$/)
  suite: string;

  /** Runs only tests with this text in their name. */
  @IsOptional()
  @IsString()
  @Length(1, 128)
  @Matches(/^[\p{L}\p{N}][\p{L}\p{N} _.,:()'"/+-]*$/u, { message: 'filter must be plain words' })
  filter?: string;
}

/** The payload of `cancel_execution`. */
export class CancelExecution {
  @IsString()
  @Length(1, 128)
  execution_id: string;
}
