/** Bounds of the harness. Under software emulation a guest is 10 to 50 times slower than a real one. */

/** Kernel and init take 3 to 7 s under emulation, 17 s were seen beside other load. */
export const BOOT_DEADLINE_MS = 60_000;
/** A guest under KVM is there after 1 s; where KVM hangs, the next boot must not wait for it for long. */
export const KVM_DEADLINE_MS = 15_000;
/** A script of a spec; those that take longer say so. */
export const SCRIPT_DEADLINE_MS = 30_000;
/** QEMU answers within ms, unless its main loop is busy. */
export const QMP_DEADLINE_MS = 10_000;
/** A guest says less than 100 KiB while it boots and works; kept is the end. */
export const CONSOLE_MAX_CHARS = 1024 * 1024;
/** What a script may print: event logs are read this way. */
export const OUTPUT_MAX_BYTES = 64 * 1024 * 1024;
