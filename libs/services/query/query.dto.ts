import { IsString, Length } from 'class-validator';

export class RunQuery {
  /** The room that the steps are told in; any name of the caller's choice. */
  @IsString()
  @Length(1, 128)
  ws_id: string;

  @IsString()
  @Length(1, 2000)
  query: string;
}
