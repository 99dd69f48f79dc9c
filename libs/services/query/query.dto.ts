import { IsString, Length } from 'class-validator';

/** The payload of `run_query`. */
export class RunQuery {
  /** The room for the steps; any name that the caller chooses. */
  @IsString()
  @Length(1, 128)
  ws_id: string;

  @IsString()
  @Length(1, 2000)
  query: string;
}
