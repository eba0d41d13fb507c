// The one error class that leaves everycall, so that callers can tell our refusals from their own bugs.

export type EverycallErrorCode =
  | 'bad-option' // an option is unknown or its value out of range
  | 'bad-file' // a file cannot be read as what it should be
  | 'usage' // the command line is wrong
  | 'unavailable'; // this runtime lacks what is needed

/** Every message says what was expected and what came. */
export class EverycallError extends Error {
  override readonly name = 'EverycallError';
  readonly code: EverycallErrorCode;

  constructor(code: EverycallErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
