import { EventEmitter } from 'node:events'

// A preview is drawn as tiles; each has a number, 4 bytes big endian, before its bytes.
class Previews extends EventEmitter {
  docs = new Map()

  doc(id) {
    if (!this.docs.has(id)) this.docs.set(id, { seq: 0, last: undefined })
    return this.docs.get(id)
  }

  draw(id, bytes, by) {
    const doc = this.doc(id)
    doc.seq += 1
    const tile = Buffer.alloc(4 + bytes.length)
    tile.writeUInt32BE(doc.seq, 0)
    bytes.copy(tile, 4)
    doc.last = tile
    this.emit('tile', id, tile, by)
    return doc.seq
  }
}

export default new Previews().setMaxListeners(0)
