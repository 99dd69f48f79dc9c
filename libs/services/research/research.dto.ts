import { ArrayNotEmpty, ArrayUnique, IsArray, IsIn, IsOptional, IsString, Length, Matches } from 'class-validator';
import { ENGINE_NAMES, type EngineName } from './research.state.js';

export class StartResearch {
  @IsString()
  @Length(1, 2000)
  @Matches(/\S/, { message: 'query must not be blank' })
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
