import { ArrayNotEmpty, IsIn, IsObject, IsOptional, IsString, Length, Matches } from 'class-validator';
import { LOG_LEVELS, type LogLevel } from './server.log.js';

/** A server id, `default` if absent. */
class ServerChoice {
  @IsOptional()
  @IsString()
  @Length(1, 128)
  server_id?: string;
}

/** The join options of a log. */
export class JoinLogs {
  /** The only levels to show. */
  @IsOptional()
  @ArrayNotEmpty()
  @IsIn(LOG_LEVELS, { each: true })
  levels?: LogLevel[];
}

/** The payload of `start_server`. */
export class StartServer extends ServerChoice {}

/** The payload of `stop_server`. */
export class StopServer extends ServerChoice {}

/** The payload of `clear_logs`. */
export class ClearLogs extends ServerChoice {}

/** The payload of `call_tool`. */
export class CallTool extends ServerChoice {
  @Matches(/^[a-zA-Z][\w-]{0,63}$/)
  tool: string;

  /** The arguments by the tool's own schema. */
  @IsOptional()
  @IsObject()
  arguments?: Record<string, unknown>;
}
