/** Something people work on; times are ISO 8601 with Z. */
export interface Project {
  id: string;
  title: string;
  description?: string;
  github_repo?: string;
  created_at: string;
  updated_at: string;
}

/** A text that belongs to a project, in Markdown. */
export interface ProjectDocument {
  id: string;
  project_id: string;
  title: string;
  content: string;
  created_at: string;
  updated_at: string;
}
