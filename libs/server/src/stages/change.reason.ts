import { applyDecorators } from '@nestjs/common';
import { IsString, Length, Matches } from 'class-validator';

/** A field that tells colleagues why somebody makes a change: 1 to 500 characters, not only white space. */
export const IsReason = (): PropertyDecorator =>
  applyDecorators(IsString(), Length(1, 500), Matches(/\S/, { message: 'reason must say why' }));
