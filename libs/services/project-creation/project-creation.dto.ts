import { IsString, Length } from 'class-validator';

/** The payload of `cancel_creation`. */
export class CancelCreation {
  @IsString()
  @Length(1, 128)
  progress_id: string;
}
