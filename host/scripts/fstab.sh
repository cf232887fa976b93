#!/usr/bin/env bash
# Our line in /etc/fstab: the one for our mount point that stands below our mark (fstab-mark.sh).

# fstab_without_ours: the file as it would be without our line and its mark.
fstab_without_ours() {
  awk -v point="$MOUNT_POINT" -v mark="$FSTAB_MARK" '
    $0 == mark { held = 1; next }
    held && $2 == point { held = 0; next }
    { if (held) print mark; held = 0; print }' /etc/fstab
}

# foreign_fstab_line: a line for our mount point that somebody else wrote.
foreign_fstab_line() {
  fstab_without_ours | awk -v point="$MOUNT_POINT" '$1 !~ /^#/ && $2 == point { print; exit }'
}
