/** The guest's kernel: unpacked from Debian's package, as an ELF file that QEMU starts without a BIOS (PVH). */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../support/postgres/installation';
import { kernelPackage } from './places';

/** Offsets in the setup header (Linux: Documentation/arch/x86/boot.rst). */
const SETUP_SECTORS_AT = 0x1f1;
const PAYLOAD_OFFSET_AT = 0x248;
const PAYLOAD_LENGTH_AT = 0x24c;
const SECTOR_BYTES = 512;
/** The payload ends with the size of what is packed in it. */
const SIZE_BYTES = 4;
const VMLINUX_MAX_BYTES = 256 * 1024 * 1024;

/** @param bzImage a kernel whose payload is packed by LZ4, as Debian's is; @returns the ELF file in it */
const unpack = (bzImage: Buffer): Buffer => {
  const protectedModeAt = (bzImage.readUInt8(SETUP_SECTORS_AT) + 1) * SECTOR_BYTES;
  const start = protectedModeAt + bzImage.readUInt32LE(PAYLOAD_OFFSET_AT);
  const end = start + bzImage.readUInt32LE(PAYLOAD_LENGTH_AT) - SIZE_BYTES;
  return execFileSync('lz4', ['-dc'], { input: bzImage.subarray(start, end), maxBuffer: VMLINUX_MAX_BYTES });
};

export interface Kernel {
  /** The uncompressed kernel. */
  readonly vmlinux: string;
  /** The directory of the modules. */
  readonly modules: string;
}

/** Unpacks kernel and modules into `directory`. */
export const unpackKernel = (directory: string): Kernel => {
  const unpacked = join(directory, 'package');
  run('dpkg-deb', '-x', kernelPackage(), unpacked);
  const boot = join(unpacked, 'boot');
  const image = readdirSync(boot).find((name) => name.startsWith('vmlinuz-'));
  if (image === undefined) throw new Error(`no vmlinuz in ${kernelPackage()}`);
  const vmlinux = join(directory, 'vmlinux');
  writeFileSync(vmlinux, unpack(readFileSync(join(boot, image))));
  return { vmlinux, modules: join(unpacked, 'lib/modules', image.slice('vmlinuz-'.length), 'kernel') };
};
