const express = require('express');
const { createServer } = require('node:http');
const { WebSocketServer } = require('ws');
const jobs = require('./jobs');

const app = express();
app.use(express.json());

app.post('/internal/:workspace/:jobId', (req, res) => {
	res.json(jobs.report(req.params.workspace, req.params.jobId, req.body.percent));
});

app.get('/healthz', (req, res) => res.send('ok'));

const server = createServer(app);
const wss = new WebSocketServer({ noServer: true });

// Browsers do not tell a page why a handshake failed. So: accept, say why, close.
function sessionOf(req) {
	const url = new URL(req.url, 'http://x');
	const cookie = /(?:^|;\s*)sid=([^;]+)/.exec(req.headers.cookie || '');
	return url.searchParams.get('sessionId') || (cookie && decodeURIComponent(cookie[1]));
}

server.on('upgrade', (req, socket, head) => {
	if (new URL(req.url, 'http://x').pathname !== '/ws/progress') {
		socket.write('HTTP/1.1 404 Not Found\r\n\r\n');
		socket.destroy();
		return;
	}
	wss.handleUpgrade(req, socket, head, (ws) => {
		const workspace = jobs.workspaceOf(sessionOf(req));
		if (!workspace) {
			ws.send(JSON.stringify({ type: 'error', message: 'Unauthorized' }));
			ws.close(1008, 'Unauthorized');
			return;
		}
		serve(ws, workspace);
	});
});

function serve(ws, workspace) {
	ws.send(JSON.stringify({ type: 'init', workspace, jobs: jobs.list(workspace) }));
	const onProgress = (where, job) => {
		if (where === workspace && ws.readyState === ws.OPEN) ws.send(JSON.stringify({ type: 'progress', job }));
	};
	jobs.on('progress', onProgress);
	ws.on('close', () => jobs.off('progress', onProgress));
	ws.on('error', console.error);
	ws.on('message', (data) => {
		let msg;
		try {
			msg = JSON.parse(data);
		} catch {
			ws.close(1007, 'Invalid JSON');
			return;
		}
		switch (msg.type) {
			case 'ping':
				ws.send(JSON.stringify({ type: 'pong' }));
				break;
			case 'refresh':
				ws.send(JSON.stringify({ type: 'init', workspace, jobs: jobs.list(workspace) }));
				break;
			case 'cancel':
				if (!jobs.cancel(workspace, msg.jobId)) ws.send(JSON.stringify({ type: 'error', message: 'Cannot cancel', jobId: msg.jobId }));
				break;
			default:
			// old pages send all kinds of things
		}
	});
}

server.listen(process.env.PORT || 0, '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
