import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import express from 'express'
import { WebSocketServer } from 'ws'
import previews from './previews.js'

const app = express()
app.post('/render/:doc', express.raw({ type: '*/*' }), (req, res) => {
  res.json({ seq: previews.draw(req.params.doc, Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0), null) })
})

const server = createServer(app)
const wss = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 })

/** docId/clientId -> socket. A page that was reloaded comes back with its id before the old socket has noticed. */
const sockets = new Map()

server.on('upgrade', (req, socket, head) => {
  const url = new URL(req.url, 'http://localhost')
  const match = url.pathname.match(/^\/preview\/([\w-]+)$/)
  if (!match) return socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
  wss.handleUpgrade(req, socket, head, ws => onConnection(ws, match[1], url.searchParams.get('client')))
})

function onConnection(ws, docId, given) {
  const clientId = given || randomUUID()
  const key = docId + '/' + clientId
  const old = sockets.get(key)
  if (old) old.close(4000, 'replaced')
  sockets.set(key, ws)

  const doc = previews.doc(docId)
  ws.send(JSON.stringify({ type: 'welcome', client: clientId, seq: doc.seq }))
  if (doc.last) ws.send(doc.last)

  ws.on('error', () => {})
  ws.on('close', () => {
    if (sockets.get(key) === ws) sockets.delete(key)
  })
  ws.on('message', (data, isBinary) => {
    if (sockets.get(key) !== ws) return // a replaced one has nothing to say
    if (isBinary) {
      const seq = previews.draw(docId, data, key)
      ws.send(JSON.stringify({ type: 'drawn', seq }))
      return
    }
    const text = data.toString()
    if (text === 'who') ws.send(JSON.stringify({ type: 'clients', n: [...sockets.keys()].filter(k => k.startsWith(docId + '/')).length }))
    else ws.send(JSON.stringify({ type: 'error', error: 'what is ' + text.slice(0, 20) + '?' }))
  })
}

// Everybody but the one who drew it.
previews.on('tile', (docId, tile, by) => {
  for (const [key, ws] of sockets) if (key.startsWith(docId + '/') && key !== by && ws.readyState === 1) ws.send(tile)
})

server.listen(process.env.PORT ?? 0, '127.0.0.1', () => console.log('listening on', server.address().port))
