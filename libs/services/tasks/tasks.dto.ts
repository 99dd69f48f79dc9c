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

/** The optional fields of new and changed tasks. */
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

/** The payload of `create_task`. */
export class CreateTask extends TaskFields {
  @IsString()
  @Length(1, 128)
  project_id: string;

  @IsString()
  @Length(1, 200)
  @Matches(/\S/, { message: 'title must not be blank' })
  title: string;
}

/** The payload of `update_task`. */
export class UpdateTask extends TaskFields {
  @IsString()
  @Length(1, 128)
  task_id: string;

  /** The version on which the change is based. */
  @IsInt()
  @Min(1)
  version: number;

  /** Checks that the task is in this project. */
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

/** The payload of `archive_task`. */
export class ArchiveTask {
  @IsString()
  @Length(1, 128)
  task_id: string;

  /** Checks that the task is in this project. */
  @IsOptional()
  @IsString()
  @Length(1, 128)
  project_id?: string;
}

/** The payload of `reorder_tasks`. */
export class ReorderTasks {
  @IsString()
  @Length(1, 128)
  project_id: string;

  /** The new order; other tasks keep their places. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1000)
  @ArrayUnique()
  @IsString({ each: true })
  @Length(1, 128, { each: true })
  task_ids: string[];
}

/** The payload of `list_projects`. */
export class ListProjects {}
