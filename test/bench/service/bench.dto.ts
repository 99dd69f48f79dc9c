import { IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';

/** The payload of the measured call. */
export class Post {
  @IsString()
  @Length(1, 128)
  room_id: string;

  @IsString()
  @Length(1, 2000)
  text: string;

  @IsInt()
  @Min(0)
  @Max(9)
  priority: number;

  @IsOptional()
  @IsString()
  @Length(1, 64)
  topic?: string;
}

/** The payload of a join. */
export class Join {
  @IsString()
  @Length(1, 128)
  room_id: string;
}
