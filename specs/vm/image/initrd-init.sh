#!/bin/busybox sh
# The first program of the guest: loads the drivers that the root file system needs, and goes there.
while read -r module; do /bin/busybox insmod "/modules/$module"; done </modules/order
/bin/busybox mkdir -p /root /proc
/bin/busybox mount -t devtmpfs none /dev
/bin/busybox mount -t ext4 /dev/vda /root
exec /bin/busybox switch_root /root /sbin/init
