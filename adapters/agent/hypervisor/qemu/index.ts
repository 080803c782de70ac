/** Driver for VMs of plain QEMU, or of libvirt with a monitor socket of its own. */
export { openQemu, type QemuOptions } from './driver';
