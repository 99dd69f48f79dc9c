import { Type } from 'class-transformer';
import { IsBoolean, IsOptional, IsString, Length, Matches, ValidateNested } from 'class-validator';

/** The payload of `create_session`. */
export class CreateSession {
  @IsOptional()
  @IsString()
  @Length(1, 128)
  project_id?: string;

  /** The answering agent (`rag`). */
  @IsOptional()
  @Matches(/^[a-z][a-z0-9_-]{0,63}$/)
  agent_type?: string;
}

/** The scope of an answer. */
export class ChatContext {
  /** The only source to search. */
  @IsOptional()
  @IsString()
  @Length(1, 128)
  source_id?: string;
}

/** The payload of `send_message`. */
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

/** The payload of `stop_agent`. */
export class StopAgent {
  @IsString()
  @Length(1, 128)
  session_id: string;
}

/** The payload of `set_typing`. */
export class SetTyping {
  @IsString()
  @Length(1, 128)
  session_id: string;

  @IsBoolean()
  is_typing: boolean;
}
