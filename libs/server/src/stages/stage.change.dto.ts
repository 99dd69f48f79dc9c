import { IsBoolean, IsIn, IsNumber, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import { STAGES, type Stage } from '@switchyard/contract';

/** The body of `PUT /admin/migration/{service}`. */
export class StageChange {
  @IsIn(STAGES)
  stage: Stage;

  /** Share of clients told to use Socket.IO in `canary`, to a thousandth of a percent; unchanged when left out. */
  @IsOptional()
  @IsNumber({ maxDecimalPlaces: 3 })
  @Min(0)
  @Max(100)
  percent?: number;

  @IsString()
  @Length(1, 500)
  reason: string;

  /** Allows a move of more than one step forward. */
  @IsOptional()
  @IsBoolean()
  force?: boolean;

  /** Refuses the new wire's joins, whatever the stage: the emergency brake. */
  @IsOptional()
  @IsBoolean()
  closed?: boolean;
}
