import { ArrayMaxSize, IsArray, IsInt, IsOptional, IsString, IsUrl, Length, Max, Min } from 'class-validator';

export class StartCrawl {
  /** The page to begin with; the crawl stays on its site. Everybody sees it, so it must hold no password. */
  @IsUrl({ protocols: ['http', 'https'], require_protocol: true, require_tld: false, disallow_auth: true })
  @Length(1, 2048)
  url: string;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(10_000)
  max_pages?: number;

  /** How many links away from the first page. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(20)
  max_depth?: number;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @Length(1, 64, { each: true })
  tags?: string[];
}

export class StopCrawl {
  @IsString()
  @Length(1, 128)
  progress_id: string;
}
