#!/bin/sh
# Licensed under the Apache License, Version 2.0; see LICENSE at the root.
#
# Captures every fixture that is a guest of qemu anew, into ../resources/topology; about a minute. The machine at hand: capture.sh.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
cd "$here/../resources/topology"

guest() {
    name=$1
    shift
    sh "$here/capture-guest.sh" "$@" >"$name.new"
    mv "$name.new" "$name.txt"
}

pages() {
    echo "echo $2 >/sys/devices/system/node/node$1/hugepages/hugepages-2048kB/nr_hugepages"
}

memory() {
    printf -- '-object memory-backend-ram,size=%s,id=m%s ' "$2" "$1"
}

cpu='-cpu Haswell-noTSX'

# shellcheck disable=SC2046,SC2086 # lists of options
guest two-sockets "2 sockets of 2 cores of 2 threads" "$(pages 0 8)
$(pages 1 4)" $cpu -m 1G -smp 8,sockets=2,cores=2,threads=2 $(memory 0 640M) $(memory 1 384M) \
    -numa node,nodeid=0,cpus=0-3,memdev=m0 -numa node,nodeid=1,cpus=4-7,memdev=m1 -numa dist,src=0,dst=1,val=21

# A ring with one slow link: no two of the neighbours are equally far.
# shellcheck disable=SC2046,SC2086
guest four-nodes "4 nodes of unequal distance" "" $cpu -m 1G -smp 8,sockets=4,cores=2,threads=1 \
    $(memory 0 256M) $(memory 1 256M) $(memory 2 256M) $(memory 3 256M) \
    -numa node,nodeid=0,cpus=0-1,memdev=m0 -numa node,nodeid=1,cpus=2-3,memdev=m1 \
    -numa node,nodeid=2,cpus=4-5,memdev=m2 -numa node,nodeid=3,cpus=6-7,memdev=m3 \
    -numa dist,src=0,dst=1,val=16 -numa dist,src=0,dst=2,val=21 -numa dist,src=0,dst=3,val=31 \
    -numa dist,src=1,dst=2,val=17 -numa dist,src=1,dst=3,val=22 -numa dist,src=2,dst=3,val=28

# Node 1 is memory alone.
# shellcheck disable=SC2046,SC2086
guest memory-only "a node of memory alone" "" $cpu -m 1G -smp 4,sockets=1,cores=4,threads=1 $(memory 0 512M) $(memory 1 512M) \
    -numa node,nodeid=0,cpus=0-3,memdev=m0 -numa node,nodeid=1,memdev=m1 -numa dist,src=0,dst=1,val=17

# shellcheck disable=SC2046,SC2086
guest offline "a socket whose CPUs are all offline, and a core that lost a thread" 'for cpu in 1 4 5 6 7; do echo 0 >/sys/devices/system/cpu/cpu$cpu/online; done' \
    $cpu -m 1G -smp 8,sockets=2,cores=2,threads=2 $(memory 0 512M) $(memory 1 512M) \
    -numa node,nodeid=0,cpus=0-3,memdev=m0 -numa node,nodeid=1,cpus=4-7,memdev=m1 -numa dist,src=0,dst=1,val=21

# The quota of the pod is less than that of its container: the least counts.
# shellcheck disable=SC2046,SC2086
guest container "a process in a container: three CPUs, one node, quotas at two levels" 'cd /sys/fs/cgroup
echo "+cpu +cpuset" >cgroup.subtree_control
mkdir pod
echo "+cpu +cpuset" >pod/cgroup.subtree_control
mkdir pod/app
echo "150000 100000" >pod/cpu.max
echo "400000 200000" >pod/app/cpu.max
echo 1,4-5 >pod/app/cpuset.cpus
echo 1 >pod/app/cpuset.mems
echo $$ >pod/app/cgroup.procs
cd /' $cpu -m 1G -smp 8,sockets=2,cores=2,threads=2 $(memory 0 512M) $(memory 1 512M) \
    -numa node,nodeid=0,cpus=0-3,memdev=m0 -numa node,nodeid=1,cpus=4-7,memdev=m1 -numa dist,src=0,dst=1,val=21
