/** The small initrd: busybox, the drivers without which there is no root file system, and who loads them. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { BUSYBOX } from './programs';
import { VM_SOURCES } from './places';

/** In the order in which they must be loaded. ext4 is part of the kernel. */
const MODULES = [
  'drivers/virtio/virtio_ring.ko',
  'drivers/virtio/virtio.ko',
  'drivers/virtio/virtio_pci_modern_dev.ko',
  'drivers/virtio/virtio_pci_legacy_dev.ko',
  'drivers/virtio/virtio_pci.ko',
  'drivers/block/virtio_blk.ko',
  'net/core/failover.ko',
  'drivers/net/net_failover.ko',
  'drivers/net/virtio_net.ko',
  'drivers/virtio/virtio_mem.ko',
] as const;

/** @param modules the directory of the kernel's modules; @returns the path of the archive */
export const buildInitrd = (directory: string, modules: string): string => {
  const tree = join(directory, 'initrd');
  for (const name of ['bin', 'dev', 'modules']) mkdirSync(join(tree, name), { recursive: true });
  copyFileSync(BUSYBOX, join(tree, 'bin/busybox'));
  copyFileSync(join(VM_SOURCES, 'image/initrd-init.sh'), join(tree, 'init'));
  for (const module of MODULES) copyFileSync(join(modules, module), join(tree, 'modules', basename(module)));
  writeFileSync(join(tree, 'modules/order'), MODULES.map((module) => `${basename(module)}\n`).join(''));
  const archive = join(directory, 'initrd.cpio');
  const pack = `chmod 755 init && find . | ${BUSYBOX} cpio -o -H newc >"$1"`;
  execFileSync('sh', ['-c', pack, 'sh', archive], { cwd: tree, stdio: 'pipe' });
  return archive;
};
