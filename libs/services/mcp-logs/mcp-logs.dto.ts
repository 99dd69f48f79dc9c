import { IsObject, IsOptional, IsString, Length, Matches } from 'class-validator';

/** Names a server; `default` when it names none. */
class ServerChoice {
  @IsOptional()
  @IsString()
  @Length(1, 128)
  server_id?: string;
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
