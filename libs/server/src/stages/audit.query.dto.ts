import { IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';

/** The query of `GET /admin/migration/{service}/audit`. */
export class AuditQuery {
  /** How many entries; 50 when absent. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(500)
  limit?: number;

  /** The id of an entry; the answer has older ones. */
  @IsOptional()
  @IsString()
  @Length(1, 100)
  before?: string;
}
