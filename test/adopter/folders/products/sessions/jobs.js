const EventEmitter = require('events');

// One workspace per session. Sessions are made by the log-in, which is another team's.
const SESSIONS = new Map([
	['s-1111', 'blue'],
	['s-2222', 'red'],
]);

class Jobs extends EventEmitter {
	workspaces = new Map();

	workspaceOf(sessionId) {
		return SESSIONS.get(sessionId);
	}

	list(workspace) {
		return [...(this.workspaces.get(workspace) || new Map()).values()];
	}

	report(workspace, jobId, percent) {
		if (!this.workspaces.has(workspace)) this.workspaces.set(workspace, new Map());
		const jobs = this.workspaces.get(workspace);
		const job = jobs.get(jobId) || { jobId, revision: 0, percent: 0, state: 'running' };
		job.revision++;
		job.percent = percent;
		if (percent >= 100) job.state = 'done';
		jobs.set(jobId, job);
		this.emit('progress', workspace, { ...job });
		return job;
	}

	cancel(workspace, jobId) {
		const job = this.workspaces.get(workspace)?.get(jobId);
		if (!job || job.state !== 'running') return false;
		job.revision++;
		job.state = 'cancelled';
		this.emit('progress', workspace, { ...job });
		return true;
	}
}

module.exports = new Jobs().setMaxListeners(0);
