'use strict'
const http = require('http')
const WebSocket = require('ws')
const desks = require('./desk')

const AUTH_TIMEOUT = Number(process.env.AUTH_TIMEOUT || 5000)

const server = http.createServer((req, res) => {
  // the mail importer posts here
  const m = /^\/desks\/([^/]+)$/.exec(req.url)
  if (req.method !== 'POST' || !m) { res.writeHead(404); return res.end('not found') }
  let body = ''
  req.on('data', d => { body += d })
  req.on('end', () => {
    try {
      const message = desks.say(m[1], 'mail', JSON.parse(body).text)
      res.writeHead(200, { 'Content-Type': 'application/json' })
      res.end(JSON.stringify(message))
    } catch (e) { res.writeHead(400); res.end(e.message) }
  })
})

const wss = new WebSocket.Server({ server, path: '/desk' })

wss.on('connection', ws => {
  const state = { user: null, desks: new Set() }
  const timer = setTimeout(() => { if (!state.user) ws.close(4401, 'auth timeout') }, AUTH_TIMEOUT)
  const reply = (id, result) => ws.send(JSON.stringify({ id, ok: true, result }))
  const fail = (id, error) => ws.send(JSON.stringify({ id, ok: false, error }))

  const onMessage = (desk, message) => {
    if (state.desks.has(desk)) ws.send(JSON.stringify({ event: 'message', desk, message }))
  }
  desks.on('message', onMessage)
  ws.on('close', () => { clearTimeout(timer); desks.removeListener('message', onMessage) })
  ws.on('error', () => {})

  ws.on('message', raw => {
    if (String(raw) === 'ping') return ws.send('pong')
    let req
    try { req = JSON.parse(raw) } catch (e) { return ws.send('{"error":"bad json"}') }
    const { id = null, type } = req
    if (type === 'auth') {
      const user = desks.userOf(req.token)
      if (!user) { fail(id, 'bad token'); return ws.close(4403, 'bad token') }
      if (state.user && state.user !== user) { fail(id, 'other user'); return }
      clearTimeout(timer)
      state.user = user
      return reply(id, { user })
    }
    if (!state.user) { fail(id, 'not authenticated'); return ws.close(4401, 'not authenticated') }
    try {
      if (type === 'open') {
        const messages = desks.desk(req.desk)
        state.desks.add(req.desk)
        return reply(id, { desk: req.desk, messages })
      }
      if (type === 'leave') { state.desks.delete(req.desk); return reply(id, {}) }
      if (type === 'say') {
        if (!req.text) return fail(id, 'text is missing')
        return reply(id, desks.say(req.desk, state.user, req.text))
      }
      fail(id, 'unknown type ' + type)
    } catch (e) { fail(id, e.message) }
  })
})

server.listen(process.env.PORT || 0, '127.0.0.1', () => console.log('listening on ' + server.address().port))
