import {
  Catch,
  ForbiddenException,
  HttpException,
  Injectable,
  type ArgumentsHost,
  type CallHandler,
  type CanActivate,
  type ExceptionFilter,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { map, type Observable } from 'rxjs';

/** Wraps every answer, as many teams do. */
@Injectable()
export class EnvelopeInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    return next.handle().pipe(map((data: unknown) => ({ status: 'success', data })));
  }
}

/** Lets nobody in who does not name a tenant. */
@Injectable()
export class TenantGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http') return true;
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string | undefined> }>();
    if (headers['x-tenant'] === undefined) throw new ForbiddenException('a tenant is needed');
    return headers['x-tenant'] !== 'blocked';
  }
}

/** Gives every error the shape that the host's pages expect. */
@Catch()
export class EverythingFilter implements ExceptionFilter {
  constructor(private readonly host: HttpAdapterHost) {}

  catch(error: unknown, context: ArgumentsHost): void {
    if (context.getType() !== 'http') return;
    const status = error instanceof HttpException ? error.getStatus() : 500;
    const message = error instanceof HttpException ? error.getResponse() : 'something went wrong';
    const response = context.switchToHttp().getResponse<object>();
    this.host.httpAdapter.reply(response, { status: 'error', statusCode: status, message }, status);
  }
}
