const WebSocket = require('ws');

// Half of the pages have a cookie, the other half cannot send one.
exports.follow = (url, n, onSeq) =>
	new Promise((resolve, reject) => {
		const base = `${url.replace('http', 'ws')}/ws/progress`;
		const ws = n % 2 ? new WebSocket(base, { headers: { cookie: 'theme=dark; sid=s-1111' } }) : new WebSocket(`${base}?sessionId=s-1111`);
		ws.on('error', reject);
		ws.on('message', (data) => {
			const msg = JSON.parse(data);
			if (msg.type === 'init') resolve(() => ws.close());
			if (msg.type === 'progress' && msg.job.jobId === 'load') onSeq(msg.job.revision);
		});
	});

exports.publish = async (url, n) => {
	const headers = { 'content-type': 'application/json' };
	const res = await fetch(`${url}/internal/blue/load`, { method: 'POST', headers, body: JSON.stringify({ percent: n % 90 }) });
	return (await res.json()).revision;
};
