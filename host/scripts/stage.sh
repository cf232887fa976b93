#!/usr/bin/env bash
# Puts a release beside the running one: its images, its rendered files (0600), Harbor's directories
# and its secret key on the shared mount. Nothing that runs is touched.
# Reads from standard input: release_digest, secretkey, and a file line a rendered file.
# A release that is there already is left as it is.

STORE=$INSTALL_DIR/releases
DATA=$MOUNT_POINT/$DATA_DIRECTORY

check_mount() {
  local peer mark
  mountpoint -q "$MOUNT_POINT" || fail "$MOUNT_POINT is not mounted (on this node); mount it and run again"
  for peer in $PEERS; do
    mark=$(cat "$MOUNT_POINT/.harbor-ha/nodes/$peer" 2>/dev/null || true)
    [[ ${mark%%$'\n'*} == "$CLUSTER" ]] ||
      fail "does not see on $MOUNT_POINT what $peer wrote there: the nodes do not share one file system (cephfs.*)"
  done
}

# The folder appears complete or not at all.
write_release() {
  local target=$1 file mode path staging
  install -d -m 0700 "$INSTALL_DIR" "$STORE"
  rm -rf "$STORE"/.staging.*
  staging=$(mktemp -d "$STORE/.staging.XXXXXX")
  for file in "${FILES[@]}"; do
    read -r mode path <<<"$file"
    install -d -m 0700 "$staging/$(dirname "$path")"
    printf '%s' "${CONTENT[$path]}" >"$staging/$path"
    chmod "$mode" "$staging/$path"
  done
  # Containers look up the files in mounted folders under their own users.
  find "$staging/common" -type d -exec chmod 0755 {} +
  if [[ -d $target ]]; then
    diff -rq "$staging" "$target" >/dev/null || fail "$target is there with other content; remove it"
    rm -rf "$staging"
    return
  fi
  mv -T "$staging" "$target"
  say "release $RELEASE_VERSION staged in $target"
}

# Which of the release's images this docker does not have.
missing_images() {
  local image
  for image in $IMAGES; do
    docker image inspect "$image" >/dev/null 2>&1 || echo "$image"
  done
}

load_images() {
  local archive=$MOUNT_POINT/.harbor-ha/upload/$ARCHIVE_NAME stamp missing image
  stamp=$INSTALL_DIR/images-$ARCHIVE_SHA256
  missing=$(missing_images)
  if [[ -z $ARCHIVE_NAME ]]; then
    for image in $missing; do
      say "pulling $image"
      docker pull -q "$image" >/dev/null 9>&- || fail "$image cannot be pulled"
    done
    return
  fi
  [[ -e $stamp && -z $missing ]] && return
  [[ -s $archive ]] ||
    fail "the installer archive is not at $archive any more; copy it again with: pulumi up --replace '**::$CARRIER-installer'"
  [[ $(sha256sum "$archive" | cut -d' ' -f1) == "$ARCHIVE_SHA256" ]] ||
    fail "$archive is not the installer that was declared (its SHA-256 differs); copy it again with: pulumi up --replace '**::$CARRIER-installer'"
  say "loading the images"
  tar -xzOf "$archive" "$ARCHIVE_MEMBER" | docker load -q >/dev/null 9>&- ||
    fail "the images in $ARCHIVE_NAME cannot be loaded"
  missing=$(missing_images)
  [[ -z $missing ]] || fail "the installer's images lack: $missing"
  rm -f "$INSTALL_DIR"/images-*
  : >"$stamp"
  say "the images are loaded"
}

# One key for all nodes and for ever: what is encrypted in the database can be read with no other.
# The nodes stage at the same time; a hard link appears complete, and only once.
write_secretkey() {
  local path=$DATA/secretkey temporary
  temporary=$(mktemp "$DATA/.secretkey.XXXXXX")
  printf '%s' "${SECRET[secretkey]}" >"$temporary"
  ln "$temporary" "$path" 2>/dev/null || true
  rm -f "$temporary"
  [[ $(cat "$path") == "${SECRET[secretkey]}" ]] ||
    fail "$path holds another secret key than this stack's; it is kept, as what it encrypted could not be read without it. Set that one (secretkey), restore the stack's own state, or use another cephfs.dataDirectory"
  chmod 0600 "$path"
}

# Old releases hold secrets; the running one, this one and three more are enough to go back.
prune_releases() {
  local keep release
  keep=$(readlink "$INSTALL_DIR/current" 2>/dev/null || true)
  find "$STORE" -mindepth 1 -maxdepth 1 -type d -printf '%T@ %p\n' | sort -rn | tail -n +4 |
    while read -r _ release; do
      [[ $release == "$keep" || $release == "$1" ]] || rm -rf "$release"
    done
}

read_input
take_lock
check_mount
target=$STORE/$RELEASE_VERSION-${SECRET[release_digest]}
for directory in $DATA_DIRECTORIES; do install -d -m 0755 "$DATA/$directory"; done
write_secretkey
write_release "$target"
load_images
compose -p "$PROJECT" -f "$target/docker-compose.yml" --project-directory "$target" config -q ||
  fail "docker-compose refuses the rendered docker-compose.yml"
prune_releases "$target"
# Every node has its images from it; an earlier release's archive is copied again when it is wanted.
if [[ $NODE == "$CARRIER" && -n $ARCHIVE_NAME ]]; then
  find "$MOUNT_POINT/.harbor-ha/upload" -name '*.tgz' ! -name "$ARCHIVE_NAME" -delete
fi
