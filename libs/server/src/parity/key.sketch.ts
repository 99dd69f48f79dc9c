/** How many keys a sketch has. */
export const MAX_KEYS = 4096;
const HASH_BYTES = 6;
const ENTRY_BYTES = HASH_BYTES + 1;

/**
 * A sample of distinct keys, each with whether it was first seen on the new wire: those with the smallest hashes of all that
 * were added. So the sketches of several processes make the same sample together as one process would have made.
 */
export class KeySketch {
  private readonly keys = new Map<number, boolean>();
  private largest = -1;
  private newKeys = 0;

  /** Reads what `encode` wrote. */
  static decode(text: string): KeySketch {
    const bytes = Buffer.from(text, 'base64');
    const sketch = new KeySketch();
    for (let at = 0; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES) {
      sketch.add(bytes.readUIntBE(at, HASH_BYTES), bytes[at + HASH_BYTES] === 1);
    }
    return sketch;
  }

  /** How many keys it has. */
  get size(): number {
    return this.keys.size;
  }

  /** How many of them were first seen on the new wire. */
  get onNew(): number {
    return this.newKeys;
  }

  /** Adds a key by its hash; a known one stays as it is. Returns whether the sample has changed. */
  add(hash: number, isOnNew: boolean): boolean {
    if (!this.wants(hash)) return false;
    this.set(hash, isOnNew);
    if (this.keys.size > MAX_KEYS) this.dropLargest();
    return true;
  }

  /** Adds the keys of another sample that are not known. Returns whether the sample has changed. */
  merge(other: KeySketch): boolean {
    let hasChanged = false;
    for (const [hash, isOnNew] of other.keys) if (this.add(hash, isOnNew)) hasChanged = true;
    return hasChanged;
  }

  /** The keys of this sample that would still change another one. */
  without(other: KeySketch): KeySketch {
    const rest = new KeySketch();
    for (const [hash, isOnNew] of this.keys) if (other.wants(hash)) rest.add(hash, isOnNew);
    return rest;
  }

  /** Whether a key with this hash would change the sample. */
  wants(hash: number): boolean {
    return !this.keys.has(hash) && (this.keys.size < MAX_KEYS || hash < this.largest);
  }

  /** As text of at most 40 KB. */
  encode(): string {
    const bytes = Buffer.alloc(this.keys.size * ENTRY_BYTES);
    let at = 0;
    for (const [hash, isOnNew] of this.keys) {
      bytes.writeUIntBE(hash, at, HASH_BYTES);
      bytes[at + HASH_BYTES] = isOnNew ? 1 : 0;
      at += ENTRY_BYTES;
    }
    return bytes.toString('base64');
  }

  private set(hash: number, isOnNew: boolean): void {
    this.keys.set(hash, isOnNew);
    if (isOnNew) this.newKeys += 1;
    this.largest = Math.max(this.largest, hash);
  }

  private dropLargest(): void {
    if (this.keys.get(this.largest)) this.newKeys -= 1;
    this.keys.delete(this.largest);
    this.largest = -1;
    for (const hash of this.keys.keys()) this.largest = Math.max(this.largest, hash);
  }
}
