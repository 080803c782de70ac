/** Every bound of the event log (rule R10), each with its reason. */
import { KIB, MIB, SECOND_MS } from '../../../machines/shared/units';

/** A segment is closed at the first input past this size: some 16 minutes at 10 Hz, read in some 0.3 s at a restart. */
export const SEGMENT_BYTES = 8 * MIB;

/** A small log still has this many segments, so that the bound takes away a part of the history and not all. */
export const SEGMENTS_AT_LEAST = 4;

/** The longest line that is read. Frames are 64 KiB at most; the state in log.opened is smaller than that. */
export const LINE_BYTES = MIB;

/** Lists and objects within one another in a line: ours have 10 at most, and code that recurses holds out for thousands. */
export const NESTING_LEVELS = 64;

/** Lines that wait for the disk: two minutes of samples at 10 Hz. A disk that stalls for longer loses events. */
export const BUFFER_BYTES = MIB;

/** A write that takes longer than this is the disk's fault: one of a full buffer takes some 10 ms, on a busy disk 100. */
export const STALLED_MS = SECOND_MS;

/**
 * Inputs reach the disk at the latest after this time, or with the next output. A write of its own for
 * each sample of 100 ms would cost a sixth of all that sampling costs.
 */
export const FLUSH_MS = 500;
/**
 * An input that comes so long after the last flush takes the waiting ones with it: the process is awake
 * then, and need not be woken by a timer of the log's own. A little less than FLUSH_MS, so that the sample
 * comes before that timer.
 */
export const FLUSH_WITH_INPUT_MS = 450;

/** After a failed write the next attempt: often enough to lose little, too seldom to load a sick disk. */
export const RETRY_MS = 10 * SECOND_MS;

/** Chunks in which segments are read. */
export const READ_BYTES = 64 * KIB;
