'use strict'
// the widget's connection, without the widget
const WebSocket = require('ws')

exports.follow = (url, n, onSeq) => new Promise((resolve, reject) => {
  const ws = new WebSocket(url.replace('http', 'ws') + '/desk')
  ws.on('error', reject)
  ws.on('open', () => ws.send(JSON.stringify({ id: 1, type: 'auth', token: n % 2 ? 't-ada' : 't-bob' })))
  ws.on('message', raw => {
    const msg = JSON.parse(raw)
    if (msg.id === 1) ws.send(JSON.stringify({ id: 2, type: 'open', desk: 'load' }))
    else if (msg.id === 2) resolve(() => ws.close())
    else if (msg.event === 'message') onSeq(msg.message.seq)
  })
})

exports.publish = async (url, n) => {
  const res = await fetch(url + '/desks/load', { method: 'POST', body: JSON.stringify({ text: 'number ' + n }) })
  return (await res.json()).seq
}
