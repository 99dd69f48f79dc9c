import WebSocket from 'ws';

export const follow = (url, n, onSeq) =>
  new Promise((resolve, reject) => {
    const ws = new WebSocket(url.replace('http', 'ws') + '/stream');
    ws.on('error', reject);
    ws.on('open', () => ws.send(JSON.stringify({ op: 'subscribe', args: ['news', 'prices:EURUSD'] })));
    ws.on('message', (data) => {
      const msg = JSON.parse(data.toString());
      if (msg.topic === 'prices:EURUSD' && msg.snapshot) resolve(() => ws.close());
      else if (msg.topic === 'prices:EURUSD') onSeq(msg.data.seq);
    });
  });

export const publish = async (url, n) => {
  const res = await fetch(`${url}/in/EURUSD`, { method: 'POST', body: JSON.stringify({ bid: 108000 + (n % 50) }) });
  return (await res.json()).seq;
};
