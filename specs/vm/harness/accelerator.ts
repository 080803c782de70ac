/** KVM where it works, else software emulation (TCG). That /dev/kvm exists says little: where it is nested it may hang. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { guestImage } from '../image';

export type Accelerator = 'kvm' | 'tcg';

/** What QEMU is told. Of KVM the CPU is "max" too: "host" fails where features of the host cannot be passed on. */
export const ACCELERATORS: Readonly<Record<Accelerator, string>> = {
  kvm: 'kvm',
  tcg: 'tcg,thread=multi',
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
