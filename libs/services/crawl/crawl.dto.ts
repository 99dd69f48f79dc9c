import { ArrayMaxSize, IsArray, IsInt, IsOptional, IsString, IsUrl, Length, Max, Min } from 'class-validator';

/** The payload of `start_crawl`. */
export class StartCrawl {
  /** The start page; the crawl stays on its site. It is public, so it must not contain a password. */
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

/** The payload of `stop_crawl`. */
export class StopCrawl {
  @IsString()
  @Length(1, 128)
  progress_id: string;
}
