import { Type } from 'class-transformer';
import { IsBoolean, IsOptional, IsString, Length, Matches, ValidateNested } from 'class-validator';

export class CreateSession {
  @IsOptional()
  @IsString()
  @Length(1, 128)
  project_id?: string;

  /** Which agent answers (`rag`). */
  @IsOptional()
  @Matches(/^[a-z][a-z0-9_-]{0,63}$/)
  agent_type?: string;
}

/** What an answer should keep to. */
export class ChatContext {
  /** The only source to be searched. */
  @IsOptional()
  @IsString()
  @Length(1, 128)
  source_id?: string;
}

export class SendMessage {
  @IsString()
  @Length(1, 128)
  session_id: string;

  @IsString()
  @Length(1, 8000)
  @Matches(/\S/, { message: 'message must not be blank' })
  message: string;

  @IsOptional()
  @ValidateNested()
  @Type(() => ChatContext)
  context?: ChatContext;

  @IsOptional()
  @IsString()
  @Length(1, 128)
  correlation_id?: string;
}

export class StopAgent {
  @IsString()
  @Length(1, 128)
  session_id: string;
}

export class SetTyping {
  @IsString()
  @Length(1, 128)
  session_id: string;

  @IsBoolean()
  is_typing: boolean;
}
