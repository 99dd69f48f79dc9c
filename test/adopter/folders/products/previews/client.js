import WebSocket from 'ws'

export const follow = (url, n, onSeq) =>
  new Promise((resolve, reject) => {
    const ws = new WebSocket(url.replace('http', 'ws') + '/preview/load?client=page-' + n)
    ws.on('error', reject)
    ws.on('message', (data, isBinary) => {
      if (!isBinary) {
        const msg = JSON.parse(data)
        // the tile that is sent with the welcome was drawn before
        ws.known = msg.seq
        resolve(() => ws.close())
      } else if (data.readUInt32BE(0) > ws.known) onSeq(data.readUInt32BE(0))
    })
  })

export const publish = async (url, n) => {
  const res = await fetch(url + '/render/load', { method: 'POST', body: Buffer.from([n & 255, 0, 255]) })
  return (await res.json()).seq
}
