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

/** The payload of `list_items`. */
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

  /** Words that must all be in the title, address, description or tags. */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  q?: string;
}

/** The join options of the knowledge base. */
export class JoinKnowledge {
  /** The page to show instead of the first one of all items. */
  @IsOptional()
  @ValidateNested()
  @Type(() => ListItems)
  filter?: ListItems;
}

/** The payload of `delete_item`. */
export class DeleteItem {
  @IsString()
  @Length(1, 128)
  source_id: string;
}

/** The payload of `refresh_item`. */
export class RefreshItem {
  @IsString()
  @Length(1, 128)
  source_id: string;
}

/** The form fields of an upload. */
export class UploadFields {
  @IsOptional()
  @IsString()
  @Length(1, 64)
  knowledge_type?: string;

  /** Comma-separated in a form. */
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
