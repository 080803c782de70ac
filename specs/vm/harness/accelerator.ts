/** KVM where it works, else software emulation (TCG). That /dev/kvm exists says little: where it is nested it may hang. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { guestImage } from '../image';

export type Accelerator = 'kvm' | 'tcg';

/**
 * What QEMU is told. Of KVM the CPU is "max" too: "host" fails where features of the host cannot be passed on. With ERMS
 * and FSRM the guest's kernel clears pages by `rep stosb`, which emulation carries out byte by byte: memory of a GiB
 * is then plugged out in 5.5 s, else in 1.4 s.
 */
export const ACCELERATORS: Readonly<Record<Accelerator, readonly string[]>> = {
  kvm: ['-accel', 'kvm', '-cpu', 'max'],
  tcg: ['-accel', 'tcg,thread=multi', '-cpu', 'max,erms=off,fsrm=off'],
};

/** It holds for this boot of this machine: a cached image may travel. */
const verdictFile = (): string =>
  join(guestImage().directory, `accelerator-${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}`);

/** @param boots tries to boot a guest with KVM */
export const chooseAccelerator = async (boots: () => Promise<boolean>): Promise<Accelerator> => {
  const file = verdictFile();
  if (existsSync(file)) return readFileSync(file, 'utf8') === 'kvm' ? 'kvm' : 'tcg';
  const chosen = existsSync('/dev/kvm') && (await boots()) ? 'kvm' : 'tcg';
  writeFileSync(file, chosen);
  return chosen;
};
