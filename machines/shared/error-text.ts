/** The message alone, of whatever was thrown. (No instanceof: errors of Node may come from another realm.) */
export const errorText = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string'
    ? error.message
    : String(error);
