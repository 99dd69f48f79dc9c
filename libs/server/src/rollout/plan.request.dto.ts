import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsNumber,
  IsOptional,
  IsString,
  Length,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import {
  MAX_PAUSE_S,
  MAX_ROLLOUT_STEPS,
  STAGES,
  type RolloutChange,
  type RolloutStage,
  type RolloutStart,
  type RolloutStep,
} from '@switchyard/contract';

/** A step of a plan that starts. */
class Step implements RolloutStep {
  @IsIn(STAGES.filter((stage) => stage !== 'retired'))
  stage: RolloutStage;

  @IsOptional()
  @IsNumber({ maxDecimalPlaces: 3 })
  @Min(0)
  @Max(100)
  percent?: number;

  @IsNumber()
  @Min(0)
  @Max(MAX_PAUSE_S)
  pause_s: number;
}

/** The body of `PUT /admin/migration/{service}/plan` that starts a plan. */
export class PlanStart implements RolloutStart {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_ROLLOUT_STEPS)
  @ValidateNested({ each: true })
  @Type(() => Step)
  steps: Step[];

  @IsString()
  @Length(1, 500)
  reason: string;

  @IsOptional()
  @IsBoolean()
  replace?: boolean;

  @IsOptional()
  @IsBoolean()
  unwatched?: boolean;
}

/** The body of `PUT /admin/migration/{service}/plan` that pauses, resumes or stops one. */
export class PlanChange implements RolloutChange {
  @IsIn(['paused', 'running', 'stopped'])
  state: 'paused' | 'running' | 'stopped';

  @IsString()
  @Length(1, 500)
  reason: string;
}
