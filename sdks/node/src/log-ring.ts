/**
 * The end of one output, with the offset of each byte: what was not taken yet, and 768 KiB of what was. A stream that breaks takes
 * with it what the admin had not read, and an admin lets 512 KiB be on their way, whatever is written meanwhile.
 */
export class LogRing {
  /** Bytes that may wait to be taken. */
  static readonly capacity = 256 * 1024;
  /** Bytes that are taken once more after a reconnect. */
  static readonly again = 768 * 1024;
  static readonly kept = 1024 * 1024;
  static readonly chunkSize = 32 * 1024;

  #ring = Buffer.alloc(0);
  #end = 0;
  #sent = 0;

  /** Bytes that were never taken; more than the capacity once some of them are lost. */
  get unsent(): number {
    return this.#end - this.#sent;
  }

  get isEmpty(): boolean {
    return this.#end === 0;
  }

  get #start(): number {
    return Math.max(0, this.#end - this.#ring.length);
  }

  append(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (this.#ring.length < LogRing.kept && this.#end + bytes.length > this.#ring.length) this.#grow(this.#end + bytes.length);
    if (bytes.length > this.#ring.length) {
      this.#end += bytes.length - this.#ring.length;
      bytes = bytes.subarray(bytes.length - this.#ring.length);
    }
    const at = this.#end % this.#ring.length;
    const first = Math.min(bytes.length, this.#ring.length - at);
    this.#ring.set(bytes.subarray(0, first), at);
    this.#ring.set(bytes.subarray(first), 0);
    this.#end += bytes.length;
  }

  /** The next piece that was not taken; undefined when all is. What was overwritten before is a gap, which the admin shows. */
  take(): { offset: number; bytes: Buffer } | undefined {
    const from = Math.max(this.#sent, this.#start);
    const count = Math.min(LogRing.chunkSize, this.#end - from);
    if (count <= 0) return undefined;
    const bytes = Buffer.alloc(count);
    const at = from % this.#ring.length;
    const first = Math.min(count, this.#ring.length - at);
    this.#ring.copy(bytes, 0, at, at + first);
    this.#ring.copy(bytes, first, 0, count - first);
    this.#sent = from + count;
    return { offset: from, bytes };
  }

  /** What was taken last is taken again. */
  rewind(): void {
    this.#sent = Math.max(this.#start, this.#sent - LogRing.again);
  }

  /** Only while it has never wrapped: the content stays where it is. */
  #grow(needed: number): void {
    let size = Math.max(4096, this.#ring.length);
    while (size < needed && size < LogRing.kept) size *= 2;
    const larger = Buffer.alloc(size);
    this.#ring.copy(larger);
    this.#ring = larger;
  }
}
