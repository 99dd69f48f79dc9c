/** A project with tasks and documents; times are ISO 8601 with Z. */
export interface Project {
  id: string;
  title: string;
  description?: string;
  github_repo?: string;
  created_at: string;
  updated_at: string;
}

/** A Markdown document of a project. */
export interface ProjectDocument {
  id: string;
  project_id: string;
  title: string;
  content: string;
  created_at: string;
  updated_at: string;
}
