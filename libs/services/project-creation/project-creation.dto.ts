import { IsString, Length } from 'class-validator';

export class CancelCreation {
  @IsString()
  @Length(1, 128)
  progress_id: string;
}
