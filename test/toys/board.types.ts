import { IsInt, IsOptional, IsString, Length, Min } from 'class-validator';

export interface Note {
  id: number;
  text: string;
}

export class PostNote {
  @IsString()
  board_id: string;

  @IsString()
  @Length(1, 200)
  text: string;
}

export class PostMany {
  @IsString()
  board_id: string;

  @IsInt()
  @Min(1)
  count: number;

  @IsOptional()
  @IsString()
  text?: string;
}

export class Empty {}

export interface BoardTypes {
  room: { board_id: string };
  calls: {
    post: { payload: PostNote; reply: Note };
    post_many: { payload: PostMany; reply: { posted: number } };
    fail: { payload: Empty; reply: object };
    refuse: { payload: Empty; reply: object };
  };
  events: { note: Note; waving: { board_id: string }; closed: { board_id: string } };
  snapshot: { notes: Note[] };
}
