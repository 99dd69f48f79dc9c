import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsNumber,
  IsObject,
  IsOptional,
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
import { IsReason } from '../stages/change.reason.js';

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
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => Step)
  steps: Step[];

  @IsReason()
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

  @IsReason()
  reason: string;
}
