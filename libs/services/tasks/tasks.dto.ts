import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { TASK_STATUSES, type TaskStatus } from './task.js';

/** What may be said of a task when it is made and when it is changed. */
class TaskFields {
  @IsOptional()
  @IsString()
  @MaxLength(6000)
  description?: string;

  @IsOptional()
  @IsIn(TASK_STATUSES)
  status?: TaskStatus;

  @IsOptional()
  @IsString()
  @MaxLength(100)
  assignee?: string;

  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  task_order?: number;

  /** Empty for none. */
  @IsOptional()
  @IsString()
  @MaxLength(100)
  feature?: string;
}

export class CreateTask extends TaskFields {
  @IsString()
  @Length(1, 128)
  project_id: string;

  @IsString()
  @Length(1, 200)
  @Matches(/\S/, { message: 'title must not be blank' })
  title: string;
}

export class UpdateTask extends TaskFields {
  @IsString()
  @Length(1, 128)
  task_id: string;

  /** The version the change was made from. */
  @IsInt()
  @Min(1)
  version: number;

  /** Where the task has to be, if that is to be checked. */
  @IsOptional()
  @IsString()
  @Length(1, 128)
  project_id?: string;

  @IsOptional()
  @IsString()
  @Length(1, 200)
  @Matches(/\S/, { message: 'title must not be blank' })
  title?: string;
}

export class ArchiveTask {
  @IsString()
  @Length(1, 128)
  task_id: string;

  /** Where the task has to be, if that is to be checked. */
  @IsOptional()
  @IsString()
  @Length(1, 128)
  project_id?: string;
}

export class ReorderTasks {
  @IsString()
  @Length(1, 128)
  project_id: string;

  /** In their new order; tasks that are not named keep their places. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1000)
  @ArrayUnique()
  @IsString({ each: true })
  @Length(1, 128, { each: true })
  task_ids: string[];
}

/** The projects that are open to the caller. */
export class ListProjects {}
