/**
 * Bounds of the harness. They only end what hangs, so that nothing is said of speed by them: under software emulation a
 * guest is 10 to 50 times slower than a real one, and beside other work of the host five to ten times slower than that.
 */

/** Kernel and init take 3 to 7 s under emulation, 45 s were seen beside a load of 15 on two CPUs. */
export const BOOT_DEADLINE_MS = 240_000;
/** A guest under KVM is there after 1 s; where KVM hangs, the next boot must not wait for it for long. */
export const KVM_DEADLINE_MS = 15_000;
/** Until a guest has done what a spec waits for: it takes 3 s, and 30 s were seen. */
export const GUEST_DEADLINE_MS = 180_000;
/** A script of a spec; those that take longer say so. */
export const SCRIPT_DEADLINE_MS = GUEST_DEADLINE_MS;
/** QEMU answers within ms, unless its main loop is busy. */
export const QMP_DEADLINE_MS = 60_000;
/** A whole story; it takes 10 to 60 s. Also what comes before the first. */
export const STORY_DEADLINE_MS = 600_000;
/** A guest says less than 100 KiB while it boots and works; kept is the end. */
export const CONSOLE_MAX_CHARS = 1024 * 1024;
/** What a script may print: event logs are read this way. */
export const OUTPUT_MAX_BYTES = 64 * 1024 * 1024;
