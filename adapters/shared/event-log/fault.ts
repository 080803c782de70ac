/** Errors of the file system as values: their code and a sentence. */

/** True when `error` bears this errno code. (No instanceof: such errors may come from another realm.) */
export const hasCode = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;
