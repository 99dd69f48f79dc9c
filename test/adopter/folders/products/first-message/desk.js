'use strict'
// the desks and what was said at them. everybody who wants to know listens to 'message'
const { EventEmitter } = require('events')

const TOKENS = { 't-ada': 'ada', 't-bob': 'bob' }

class Desks extends EventEmitter {
  constructor () {
    super()
    this.setMaxListeners(0)
    this.desks = {}
  }

  userOf (token) { return TOKENS[token] }

  desk (name) {
    if (!/^[a-z0-9-]{1,40}$/.test(name)) throw new Error('no such desk')
    return this.desks[name] || (this.desks[name] = [])
  }

  say (name, from, text) {
    const desk = this.desk(name)
    const message = { seq: desk.length + 1, from, text }
    desk.push(message)
    this.emit('message', name, message)
    return message
  }
}

module.exports = new Desks()
