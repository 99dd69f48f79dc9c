import { ArrayNotEmpty, IsIn, IsObject, IsOptional, IsString, Length, Matches } from 'class-validator';
import { LOG_LEVELS, type LogLevel } from './server.log.js';

/** Names a server; `default` when it names none. */
class ServerChoice {
  @IsOptional()
  @IsString()
  @Length(1, 128)
  server_id?: string;
}

/** What a join of a log may ask for. */
export class JoinLogs {
  /** The only levels to show. */
  @IsOptional()
  @ArrayNotEmpty()
  @IsIn(LOG_LEVELS, { each: true })
  levels?: LogLevel[];
}

export class StartServer extends ServerChoice {}

export class StopServer extends ServerChoice {}

export class ClearLogs extends ServerChoice {}

export class CallTool extends ServerChoice {
  @Matches(/^[a-zA-Z][\w-]{0,63}$/)
  tool: string;

  /** What the tool's own schema asks for. */
  @IsOptional()
  @IsObject()
  arguments?: Record<string, unknown>;
}
