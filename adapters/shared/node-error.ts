/** What went wrong with a file, as plain data: `code` to decide by, `message` to show. */
import { errorText } from '../../machines/shared/error-text';

export interface FileFailure {
  /** Errno name such as ENOENT; empty when the system gave none. */
  readonly code: string;
  readonly message: string;
}

/** The errno name of an error; '' when it has none. No instanceof: such errors may come from another realm. */
export const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** Node's own text repeats the system call and sometimes the path behind a comma: we name the path once. */
export const fileFailure = (path: string, error: unknown): FileFailure => ({
  code: codeOf(error),
  message: `${path}: ${errorText(error).split(', ', 1)[0] ?? ''}`,
});
