import type { ListMembersRequest } from '@switchyard/contract';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';

/** A room's name is a prefix of the contract's and a key of 128 characters at the most. */
const MAX_NAME = 256;
const MAX_PAGE = 1_000_000;

/** The payload of the built-in call `list_members`. */
export class ListMembers implements ListMembersRequest {
  @IsString()
  @MaxLength(MAX_NAME)
  room: string;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_PAGE)
  page?: number;
}
