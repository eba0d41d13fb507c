// Writes Python's marshal format, as much of it as statistics need and every Python 3 reads the same: no references, no
// interned or short texts. The format is described by its reader, https://github.com/python/cpython/blob/main/Python/marshal.c,
// and by https://docs.python.org/3/library/marshal.html.

const INT_LEAST = -(2 ** 31);
const INT_MOST = 2 ** 31 - 1;
/** Larger ints are written in digits of so many bits. */
const DIGIT = 2 ** 15;

/** Appends one value after another; a tuple or dict is followed by its items. */
export class MarshalWriter {
  #bytes = new Uint8Array(1 << 16);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;
  readonly #encoder = new TextEncoder();

  #claim(bytes: number): number {
    const at = this.#length;
    this.#length += bytes;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }

  #type(letter: string): void {
    const at = this.#claim(1);
    this.#bytes[at] = letter.charCodeAt(0);
  }

  #int32(value: number): void {
    const at = this.#claim(4);
    this.#view.setInt32(at, value, true);
  }

  /** A whole number that is exact in a double. */
  int(value: number): void {
    if (value >= INT_LEAST && value <= INT_MOST) {
      this.#type('i');
      this.#int32(value);
      return;
    }
    const digits: number[] = [];
    for (let rest = Math.abs(value); rest > 0; rest = Math.floor(rest / DIGIT)) digits.push(rest % DIGIT);
    this.#type('l');
    this.#int32(Math.sign(value) * digits.length);
    for (const digit of digits) {
      const at = this.#claim(2);
      this.#view.setUint16(at, digit, true);
    }
  }

  float(value: number): void {
    this.#type('g');
    const at = this.#claim(8);
    this.#view.setFloat64(at, value, true);
  }

  text(value: string): void {
    const encoded = this.#encoder.encode(value);
    this.#type('u');
    this.#int32(encoded.length);
    const at = this.#claim(encoded.length);
    this.#bytes.set(encoded, at);
  }

  /** `size` values must follow. */
  tuple(size: number): void {
    this.#type('(');
    this.#int32(size);
  }

  /** Keys and values must follow in turn, then {@link endDict}. */
  dict(): void {
    this.#type('{');
  }

  endDict(): void {
    this.#type('0');
  }

  /** Everything written so far. */
  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}
