#!/bin/sh
# Licensed under the Apache License, Version 2.0; see LICENSE at the root.
#
# Boots a machine that qemu emulates, and prints its fixture. SETUP is shell code that the guest runs first, as root.
#
#   sh capture-guest.sh "what machine this is" "SETUP" -m 1G -smp 4 -object … -numa … > ../resources/topology/NAME.txt
#
# Needs qemu-system-x86_64, a kernel in /boot, busybox (static) and cpio; no KVM.
set -eu

title=${1:?say what machine this is}
setup=$2
shift 2
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# shellcheck disable=SC2012 # names of kernels hold no strange characters
kernel=$(ls -v /boot/vmlinuz-* | tail -n 1)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir -p "$work/root/bin" "$work/root/proc" "$work/root/sys" "$work/root/dev"
cp "$(command -v busybox)" "$work/root/bin/busybox"
cp "$here/capture.sh" "$work/root/capture.sh"
# A file: what the title quotes is not for the guest's shell.
printf '%s; qemu-system-x86_64 %s%s\n' "$title" "$*" "${setup:+; in the guest: $(printf %s "$setup" | tr '\n' ';')}" >"$work/root/title"
cat >"$work/root/init" <<INIT
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t cgroup2 cgroup2 /sys/fs/cgroup
$setup
echo KAELIX-BEGIN
sh /capture.sh "\$(cat /title)"
echo KAELIX-END
poweroff -f
INIT
chmod +x "$work/root/init"
(cd "$work/root" && find . | cpio -o -H newc --quiet) >"$work/initramfs"
timeout 180 qemu-system-x86_64 -accel tcg -nodefaults -no-user-config -display none -no-reboot -serial stdio \
    -kernel "$kernel" -initrd "$work/initramfs" -append "console=ttyS0 quiet panic=-1" "$@" </dev/null >"$work/serial" 2>"$work/warnings" || true
tr -d '\r' <"$work/serial" | sed -n '/^KAELIX-BEGIN$/,/^KAELIX-END$/p' | sed '1d;$d' >"$work/fixture"
[ -s "$work/fixture" ] || { echo "capture-guest.sh: the guest printed nothing; it said:" >&2; tail -n 20 "$work/serial" "$work/warnings" >&2; exit 1; }
cat "$work/fixture"
