import { IsOptional, IsString, IsUrl, Length, Matches, MaxLength } from 'class-validator';

/** The fields of a new project. */
export class CreateProject {
  @IsString()
  @Length(1, 200)
  @Matches(/\S/, { message: 'title must not be blank' })
  title: string;

  @IsOptional()
  @IsString()
  @MaxLength(6000)
  description?: string;

  /** The address of its code, without a password or token. */
  @IsOptional()
  @IsUrl({ protocols: ['http', 'https'], require_protocol: true, require_tld: false, disallow_auth: true })
  @MaxLength(500)
  github_repo?: string;
}
