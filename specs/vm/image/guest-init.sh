#!/bin/sh
# The guest's init: mounts, network, cgroups, swap if there is a second disk, then the command server, which
# says when the guest can be used.
export PATH=/bin:/sbin:/usr/bin
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
mkdir -p /dev/shm
mount -t tmpfs -o mode=1777 none /dev/shm
mount -t tmpfs -o mode=755 none /run
mount -t cgroup2 none /sys/fs/cgroup
hostname guest

ifconfig lo 127.0.0.1 up
ifconfig eth0 10.0.2.15 netmask 255.255.255.0 up
route add default gw 10.0.2.2

# Each in a cgroup of its own, as a service manager would have it.
echo '+memory +cpu +io +pids' >/sys/fs/cgroup/cgroup.subtree_control
mkdir /sys/fs/cgroup/neon-postgres /sys/fs/cgroup/vm-monitor
# As its unit has it (docs/vm-monitor.service).
echo 1000 >/sys/fs/cgroup/vm-monitor/cpu.weight

if [ -b /dev/vdb ]; then mkswap /dev/vdb >/dev/null && swapon /dev/vdb; fi

setsid /opt/command-server &
while true; do wait; sleep 3600; done
