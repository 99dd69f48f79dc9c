import type { Project } from '@switchyard/services';
import { ProjectTasksService } from '@switchyard/services/tasks/tasks.client.js';
import { useEffect, useMemo, useState } from 'react';
import { RetryNote } from '../fault/retry.note.js';
import { usePending } from '../form/pending.hook.js';
import { usePage } from '../realtime/page.context.js';
import { ServicePanel } from '../room/service.panel.js';
import { chooseProject, chosenProject } from './chosen.project.js';
import { ProjectChooser } from './project.chooser.js';
import { TaskBoard } from './task.board.js';

/** Shows a project's board, shared live with all its viewers. */
export function TasksPanel() {
  const { realtime } = usePage();
  const boards = useMemo(() => new ProjectTasksService(realtime), [realtime]);
  const [projects, setProjects] = useState<readonly Project[]>();
  const [chosen, setChosen] = useState(chosenProject);
  const [, fault, run] = usePending();
  const load = () => run(async () => setProjects(await boards.projects()));
  useEffect(load, [boards]);

  const choose = (id: string) => {
    chooseProject(id);
    setChosen(id);
  };
  const create = async (title: string) => {
    const project = await boards.createProject({ title });
    setProjects((known = []) => [project, ...known]);
    choose(project.id);
  };
  const project = projects?.find(({ id }) => id === chosen) ?? projects?.[0];
  return (
    <ServicePanel
      title="Tasks"
      service="tasks"
      about="The board of a project. Everybody who looks at it sees each change at once, and nobody overwrites another’s unawares."
    >
      <ProjectChooser projects={projects} chosen={project} choose={choose} create={create} />
      <RetryNote fault={fault} again={load} />
      {projects?.length === 0 && (
        <p className="empty">
          No projects yet. Make one above, or <a href="#project-creation">have one planned</a> from a description.
        </p>
      )}
      {project && <TaskBoard key={project.id} project={project} boards={boards} />}
    </ServicePanel>
  );
}
