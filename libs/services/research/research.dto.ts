import { ArrayNotEmpty, ArrayUnique, IsArray, IsIn, IsOptional, IsString, Length, Matches } from 'class-validator';
import { ENGINE_NAMES, type EngineName } from './research.state.js';

/** The payload of `start_research`. */
export class StartResearch {
  @IsString()
  @Length(1, 2000)
  @Matches(/\S/, { message: 'query must not be blank' })
  query: string;

  /** All engines if absent. */
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn(ENGINE_NAMES, { each: true })
  engines?: EngineName[];
}

/** The payload of `stop_research`. */
export class StopResearch {
  @IsString()
  @Length(1, 128)
  research_id: string;
}
