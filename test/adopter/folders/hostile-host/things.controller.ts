import {
  Body,
  ConflictException,
  Controller,
  Get,
  Header,
  HttpCode,
  HttpException,
  NotFoundException,
  Param,
  ParseIntPipe,
  Post,
  Query,
  UnauthorizedException,
} from '@nestjs/common';
import { IsInt, IsString, Length, Min } from 'class-validator';

export class NewThing {
  @IsString()
  @Length(1, 40)
  name: string;

  @IsInt()
  @Min(1)
  count: number;
}

/** The host's own REST routes, with an error of every kind. */
@Controller('things')
export class ThingsController {
  @Get()
  list(@Query('page') page?: string) {
    return [{ id: 1, name: 'first', page: page ?? null }];
  }

  @Get(':id')
  @Header('Cache-Control', 'private, max-age=7')
  one(@Param('id', ParseIntPipe) id: number) {
    if (id === 404) throw new NotFoundException(`no thing ${id}`);
    return { id };
  }

  @Post()
  add(@Body() thing: NewThing) {
    return { added: thing, isClass: thing instanceof NewThing };
  }

  @Post('echo')
  @HttpCode(200)
  echo(@Body() body: unknown) {
    return { type: typeof body, size: JSON.stringify(body)?.length ?? 0 };
  }

  @Get('errors/:kind')
  fail(@Param('kind') kind: string) {
    if (kind === 'conflict') throw new ConflictException({ reason: 'taken', by: 'ada' });
    if (kind === 'unauthorized') throw new UnauthorizedException('who are you?');
    if (kind === 'teapot') throw new HttpException('short and stout', 418);
    if (kind === 'gateway') throw new HttpException({ upstream: 'down' }, 502);
    if (kind === 'error') throw new Error('a secret of the host');
    if (kind === 'coded') throw Object.assign(new Error('coded'), { code: 'host.own', status: 409 });
    if (kind === 'text') throw 'only text';
    return Promise.reject(new TypeError('late'));
  }
}
