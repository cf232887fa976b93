#!/usr/bin/env bash
# Writes to standard output, as a tar archive, what this node knows of the registry: a dump of the
# database, the keypair of the current release, the secret key, and a list of the images.
# Changes nothing but .harbor-ha/backup on the mount, where the dump stands while it is sent.
# Reads from standard input: database_password.

readonly DATA=$MOUNT_POINT/$DATA_DIRECTORY LEAVING=$BACKUP_DIR/.leaving

# list_images ROOT: a line a tag, with its repository, its name and its digest, as the registry's own
# storage has them. Layers and the tags' history are not looked through.
list_images() {
  local root=$1/docker/registry/v2/repositories link tag digest
  [[ -d $root ]] || return 0
  (cd "$root" && find . \( -name _layers -o -name _uploads -o -path '*/_manifests/revisions' \
    -o -path '*/_manifests/tags/*/index' \) -prune -o -path '*/_manifests/tags/*/current/link' -print0) |
    while IFS= read -r -d '' link; do
      digest=''
      # It has no line end, so that read calls it incomplete.
      { read -r digest <"$root/$link"; } 2>/dev/null || true
      if [[ -z $digest ]]; then
        # Somebody may have deleted the tag meanwhile.
        [[ ! -s $root/$link ]] || fail "$root/$link cannot be read; see to the mount on this node (npm run verify), then run again"
        continue
      fi
      link=${link#./} tag=${link%/current/link}
      printf '%s %s %s\n' "${link%/_manifests/*}" "${tag##*/}" "$digest"
    done | sort
}

read_input
mountpoint -q "$MOUNT_POINT" || fail "$MOUNT_POINT is not mounted; see to this node first (npm run verify)"
# One folder for both halves of the keypair, whatever is made current meanwhile.
release=$(readlink -e "$INSTALL_DIR/current") || fail "no release is current on this node; deploy it first (pulumi up)"
# The node's own lock is left to what changes the node: a dump may take long.
take_database_lock
trap 'rm -rf "$LEAVING"' EXIT
rm -rf "$LEAVING"
install -d -m 0700 "$BACKUP_DIR" "$LEAVING"
check_room
dump "$LEAVING/database.sql.gz"
say "listing the images on the mount"
meanwhile "listing the images" "" list_images "$DATA/registry" >"$LEAVING/images" ||
  fail "the images on $MOUNT_POINT cannot be listed; see to the mount on this node (npm run verify), then run again"
tar -cf - -C "$LEAVING" database.sql.gz images -C "$release/common/config/ui" private_key.pem \
  -C "$release/common/config/registry" root.crt -C "$DATA" secretkey ||
  fail "the backup cannot be sent; the line above says why: correct that and run again"
