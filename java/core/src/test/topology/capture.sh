#!/bin/sh
# Licensed under the Apache License, Version 2.0; see LICENSE at the root.
#
# Prints what the topology is read from, of the machine and process that it runs on: a fixture for its tests.
#
#   sh capture.sh "what machine this is" > ../resources/topology/NAME.txt
#
# A line '==> path <==' stands before the text of each file. Needs nothing but a shell, cat and find, as busybox has them.
set -eu

echo "# ${1:?say in one argument what machine this is}"
cd /

# A pipe's reader is a process of its own: /proc/self is that of whoever opens it, in the same cgroup and cpuset.
show() {
    for file in "$@"; do
        [ -f "$file" ] && [ -r "$file" ] || continue
        echo "==> $file <=="
        cat "$file" 2>/dev/null || true
    done
}

show sys/devices/system/cpu/online sys/devices/system/cpu/present sys/devices/system/node/online
for cpu in sys/devices/system/cpu/cpu[0-9]*; do
    show "$cpu/topology/physical_package_id" "$cpu/topology/core_cpus_list"
    for cache in "$cpu"/cache/index[0-9]*; do
        show "$cache/level" "$cache/type" "$cache/size" "$cache/shared_cpu_list"
    done
done
for node in sys/devices/system/node/node[0-9]*; do
    show "$node/cpulist" "$node/distance"
    echo "==> $node/meminfo <=="
    grep -E 'MemTotal|MemFree' "$node/meminfo"
    for size in "$node"/hugepages/*; do
        show "$size/nr_hugepages" "$size/free_hugepages"
    done
done

echo "==> proc/meminfo <=="
grep -E '^(MemTotal|MemFree):' proc/meminfo
echo "==> proc/self/status <=="
grep -E '^(Cpus|Mems)_allowed_list:' proc/self/status
show proc/self/cgroup
echo "==> proc/self/mountinfo <=="
grep -E ' - cgroup2? ' proc/self/mountinfo || true
find sys/fs/cgroup -type f \( -name cpu.max -o -name cpu.cfs_quota_us -o -name cpu.cfs_period_us \) 2>/dev/null |
    while read -r file; do show "$file"; done
