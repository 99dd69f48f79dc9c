import { IsBoolean, IsIn, IsNumber, IsOptional, Max, Min, ValidateIf } from 'class-validator';
import { STAGES, type Stage } from '@switchyard/contract';
import { IsReason } from './change.reason.js';

/** The body of `PUT /admin/migration/{service}`. */
export class StageChange {
  /** Unchanged when absent, so that the brake and a hold undo no move of somebody else. */
  @ValidateIf(
    ({ stage, closed, held }: StageChange) => stage !== undefined || (closed === undefined && held === undefined),
  )
  @IsIn(STAGES)
  stage?: Stage;

  /** Percentage of clients that use Socket.IO in `canary`, with at most three decimals; unchanged when absent. */
  @IsOptional()
  @IsNumber({ maxDecimalPlaces: 3 })
  @Min(0)
  @Max(100)
  percent?: number;

  @IsReason()
  reason: string;

  /** Allows skipping stages. */
  @IsOptional()
  @IsBoolean()
  force?: boolean;

  /** Refuses joins on the new wire at any stage, in an emergency; unchanged when absent. */
  @IsOptional()
  @IsBoolean()
  closed?: boolean;

  /** Refuses every promotion until a person clears it; unchanged when absent. */
  @IsOptional()
  @IsBoolean()
  held?: boolean;
}
