import { ArrayNotEmpty, ArrayUnique, IsArray, IsIn, IsOptional, IsString, Length } from 'class-validator';
import { ENGINE_NAMES, type EngineName } from './research.state.js';

export class StartResearch {
  @IsString()
  @Length(1, 2000)
  query: string;

  /** All there are when absent. */
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn(ENGINE_NAMES, { each: true })
  engines?: EngineName[];
}

export class StopResearch {
  @IsString()
  @Length(1, 128)
  research_id: string;
}
