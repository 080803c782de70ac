/** Bounds of the status socket (rule R10): whoever asks must not cost the monitor more than this. */
import { KIB, SECOND_MS } from '../../../machines/shared/units';

/** People and scripts that ask at the same time; further ones are hung up on. */
export const MAX_CALLERS = 8;

/** From the connection until the document is taken; who is slower is hung up on. */
export const STATUS_ANSWER_MS = 2 * SECOND_MS;

/** A report is some KiB; what is longer does not come from a monitor. */
export const MAX_REPORT_BYTES = 256 * KIB;

/** struct sockaddr_un, unix(7): 108 bytes with the closing zero. */
export const MAX_SOCKET_PATH_BYTES = 107;
