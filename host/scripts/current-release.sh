#!/usr/bin/env bash
# How a staged release becomes the one that runs, and how the node says so to its peers.
# Changes `current` and this node's mark on the mount, where it is called for that. Uses
# SECRET[release_digest] and SECRET[keypair].

# Finds the folder of the release that is staged, into RELEASE, and the keypair in it, into KEYPAIR.
find_release() {
  KEYPAIR=${SECRET[keypair]}
  RELEASE=$INSTALL_DIR/releases/$RELEASE_VERSION-${SECRET[release_digest]}
  [[ -d $RELEASE ]] || fail "the release is not staged: $RELEASE; stage it again: pulumi up --replace '**::$NODE-stage'"
  mountpoint -q "$MOUNT_POINT" || fail "$MOUNT_POINT is not mounted (on this node); mount it and run again"
}

point_current() {
  ln -sfnT "$1" "$INSTALL_DIR/.current"
  mv -T "$INSTALL_DIR/.current" "$INSTALL_DIR/current"
}

# As a whole or not at all: a file system that is full must not cost the mark that the peers look for.
mark_node() {
  replace_file "$MOUNT_POINT/.harbor-ha/nodes/$NODE" 0600 <<<"$CLUSTER"$'\n'"$KEYPAIR" || true
}
