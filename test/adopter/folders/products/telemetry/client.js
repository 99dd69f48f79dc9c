const WebSocket = require('ws');

exports.follow = (url, n, onSeq) =>
  new Promise((resolve, reject) => {
    const ws = new WebSocket(url.replace('http', 'ws') + '/devices/load', { headers: { Authorization: 'Bearer field' } });
    ws.on('error', reject);
    ws.on('message', (data) => {
      const msg = JSON.parse(data);
      if (msg.type === 'hello') resolve(() => ws.close());
      else if (msg.type === 'measurement') onSeq(msg.seq);
    });
  });

exports.publish = async (url, n) => (await (await fetch(`${url}/measure/load/${n}`)).json()).seq;
