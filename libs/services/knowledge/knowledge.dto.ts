import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';

export class ListItems {
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  page?: number;

  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  per_page?: number;

  /** Words that all have to be in the title, address, description or tags. */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  q?: string;
}

/** What a join of the knowledge base may ask for. */
export class JoinKnowledge {
  /** The page to be shown instead of the first of all. */
  @IsOptional()
  @ValidateNested()
  @Type(() => ListItems)
  filter?: ListItems;
}

export class DeleteItem {
  @IsString()
  @Length(1, 128)
  source_id: string;
}

export class RefreshItem {
  @IsString()
  @Length(1, 128)
  source_id: string;
}

/** What may come with an uploaded file, as the fields of a form. */
export class UploadFields {
  @IsOptional()
  @IsString()
  @Length(1, 64)
  knowledge_type?: string;

  /** In a form: separated by commas. */
  @IsOptional()
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? value.split(',').flatMap((tag) => tag.trim() || []) : value,
  )
  @IsArray()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @Length(1, 64, { each: true })
  tags?: string[];
}
