// The one error class that leaves everycall, so that callers can tell our refusals from their own bugs.

export type EverycallErrorCode =
  | 'bad-option' // an option is unknown or its value out of range
  | 'bad-file' // a file cannot be read as what it should be
  | 'usage' // the command line is wrong
  | 'unavailable'; // this runtime lacks what is needed

const CONTROL_CHARACTERS = /[\p{Cc}\u2028\u2029]/gu;

/** Every message says what was expected and what came, in one line, whatever the names in it are made of. */
export class EverycallError extends Error {
  override readonly name = 'EverycallError';
  readonly code: EverycallErrorCode;

  constructor(code: EverycallErrorCode, message: string, options?: ErrorOptions) {
    const escaped = (character: string) => `\\u{${character.codePointAt(0)!.toString(16)}}`;
    super(message.replace(CONTROL_CHARACTERS, escaped), options);
    this.code = code;
  }
}
