#!/usr/bin/env bash
# Puts a release beside the running one: its images, its rendered files (0600), Harbor's directories
# and its secret key on the shared mount. Nothing that runs is touched.
# Reads from standard input: release_digest, secretkey, and a file line a rendered file.
# Images come from an archive, from a registry, or are there already (IMAGE_SOURCE).
# A release that is there already is left as it is.
# Prints one line that no other run prints: the start step reads it, and so runs after every stage,
# also where the settings go back to those of a start before one that failed.

STORE=$INSTALL_DIR/releases
DATA=$MOUNT_POINT/$DATA_DIRECTORY
UPLOADS=$MOUNT_POINT/.harbor-ha/upload

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
    # Docker has made folders there that a release mounts and does not bring.
    for file in "${FILES[@]}"; do
      cmp -s "$staging/${file#* }" "$target/${file#* }" ||
        fail "$target is there with other content; remove it on this node and run again"
    done
    rm -rf "$staging"
    return
  fi
  # After a power failure a folder with its name must not hold empty files.
  find "$staging" -exec sync {} +
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

# require_images PROBLEM: fails with it, and with the names of the images that are not there.
require_images() {
  local missing
  missing=$(missing_images | paste -sd ' ')
  [[ -z $missing ]] || fail "$1; missing: $missing"
}

# An archive without a sum is known by what a change of the file changes.
archive_stamp() {
  echo "$INSTALL_DIR/images-${ARCHIVE_SHA256:-$(stat -c '%s-%Y' "$ARCHIVE_PATH" 2>/dev/null || true)}"
}

# What to do about an archive that is not, or no longer, the right one.
archive_remedy() {
  if [[ $ARCHIVE_PATH == "$UPLOADS"/* ]]; then
    echo "copy it again with: pulumi up --replace '**::$CARRIER-installer'"
  else
    echo "put it there on this node, or name another (images.archive)"
  fi
}

# archive_member: the member of an installer that holds the images; empty for an archive that
# `docker save` wrote.
archive_member() {
  local list member
  list=$(tar -tf "$ARCHIVE_PATH" 2>/dev/null) ||
    fail "$ARCHIVE_PATH is no tar archive, or a damaged one; $(archive_remedy)"
  member=$(grep -E '^(\./)?harbor/harbor[^/]*\.(tar\.gz|tgz|tar)$' <<<"$list" | head -n 1 || true)
  [[ -n $member ]] || grep -qxE '(\./)?(manifest\.json|repositories)' <<<"$list" ||
    fail "$ARCHIVE_PATH is neither an archive that docker save wrote nor an offline installer (images.archive)"
  echo "$member"
}

load_images() {
  local stamp member reason began=$SECONDS
  # The archive need not stay on the node once its images are there.
  if [[ -z $(missing_images) && (-z $ARCHIVE_SHA256 && ! -e $ARCHIVE_PATH || -e $(archive_stamp)) ]]; then
    return
  fi
  [[ -s $ARCHIVE_PATH ]] || fail "there is no image archive at $ARCHIVE_PATH; $(archive_remedy)"
  [[ -z $ARCHIVE_SHA256 ]] || say "checking $ARCHIVE_PATH, of $(stat -c %s "$ARCHIVE_PATH" | numfmt --to=si --suffix=B)"
  meanwhile "checking the archive" "" check_archive ||
    fail "$ARCHIVE_PATH is not the archive that was declared (its SHA-256 differs); $(archive_remedy)"
  stamp=$(archive_stamp)
  member=${ARCHIVE_MEMBER:-$(archive_member)}
  say "loading the images from $ARCHIVE_PATH ($(stat -c %s "$ARCHIVE_PATH" | numfmt --to=si --suffix=B))"
  meanwhile "loading the images" "" load_archive ||
    fail "the images in $ARCHIVE_PATH cannot be loaded: $(grep . <<<"$reason" | paste -sd ' '); correct that and run again, or $(archive_remedy)"
  require_images "$ARCHIVE_PATH lacks images of release $RELEASE_VERSION (images.archive)"
  rm -f "$INSTALL_DIR"/images-*
  : >"$stamp"
  say "the images are loaded, in $((SECONDS - began)) s"
}

check_archive() {
  [[ -z $ARCHIVE_SHA256 || $(sha256sum "$ARCHIVE_PATH" | cut -d' ' -f1) == "$ARCHIVE_SHA256" ]]
}

# load_archive: of the caller's `member`, why it failed in the caller's `reason`.
load_archive() {
  reason=$({ if [[ -n $member ]]; then tar -xOf "$ARCHIVE_PATH" "$member"; else cat "$ARCHIVE_PATH"; fi |
    docker load -q 9>&- >/dev/null; } 2>&1)
}

# pull IMAGE: registries and proxies fail now and then. A mirror's image gets the name that the
# release's docker-compose.yml has for it.
pull() {
  local image=$1 name=${MIRROR_PREFIX:+$MIRROR_PREFIX/}$1 pause reason
  for pause in 5 15 0; do
    if meanwhile "pulling $name" "" pull_once; then
      [[ $name == "$image" ]] || docker tag "$name" "$image"
      return
    fi
    # A proxy's URL in the message may hold a password.
    reason=$(sed -E 's#//[^/@[:space:]]*@#//#g' <<<"$reason" | tail -n 1)
    [[ $pause == 0 ]] || {
      say "$name could not be pulled, again in $pause s: $reason"
      sleep "$pause"
    }
  done
  ! docker_proxy_pending ||
    fail "$name cannot be pulled: $reason. Docker serves clients and takes its new proxy settings with the node's next start: deploy them first, without another release"
  fail "$name cannot be pulled: $reason. Let docker on this node reach the registry (proxy), or give the images another way (images.source)"
}

# pull_once: the caller's `name`, why it failed in the caller's `reason`.
pull_once() { reason=$(docker pull -q "$name" 2>&1 >/dev/null 9>&-); }

pull_images() {
  local missing image number=0
  mapfile -t missing < <(missing_images)
  for image in "${missing[@]}"; do
    number=$((number + 1))
    say "pulling $number of ${#missing[@]}: $image"
    pull "$image"
  done
  [[ -n $MIRROR_PREFIX ]] || return 0
  # The mirror's own names go, also a killed run's, which keeps the layers.
  for image in $IMAGES; do docker image rm "$MIRROR_PREFIX/$image" >/dev/null 2>&1 || true; done
}

provide_images() {
  case $IMAGE_SOURCE in
    archive) load_images ;;
    pull) pull_images ;;
    nodes) require_images "images.source is nodes, but docker has not all images here; load them on this node (docker load), or name an archive (images.archive)" ;;
  esac
}

# One key for all nodes and for ever: what is encrypted in the database can be read with no other.
# The nodes stage at the same time; a hard link appears complete, and only once.
write_secretkey() {
  local path=$DATA/secretkey temporary=$DATA/.secretkey.$NODE
  # A killed run may have left it, as another name of the key itself.
  rm -f "$temporary"
  printf '%s' "${SECRET[secretkey]}" >"$temporary"
  sync "$temporary"
  ln "$temporary" "$path" 2>/dev/null || true
  rm -f "$temporary"
  [[ $(cat "$path") == "${SECRET[secretkey]}" ]] ||
    fail "$path holds another secret key than this stack's; it is kept, as what it encrypted could not be read without it. Set that one (secretkey), restore the stack's own state, or use another cephfs.dataDirectory"
  chmod 0600 "$path"
}

# Old releases hold secrets; the running one, this one and three more are enough to go back.
# One loses its name first: a killed run must not leave a part of it under that.
prune_releases() {
  local keep release pruned=$STORE/.staging.pruned
  keep=$(readlink "$INSTALL_DIR/current" 2>/dev/null || true)
  find "$STORE" -mindepth 1 -maxdepth 1 -type d -printf '%T@ %p\n' | sort -rn | tail -n +4 |
    while read -r _ release; do
      [[ $release != "$keep" && $release != "$1" ]] || continue
      mv -T "$release" "$pruned"
      rm -rf "$pruned"
    done
}

read_input
take_lock
refuse_foreign_host
check_mount
target=$STORE/$RELEASE_VERSION-${SECRET[release_digest]}
for directory in $DATA_DIRECTORIES; do make_dirs 0755 "$DATA/$directory"; done
write_secretkey
write_release "$target"
provide_images
compose -p "$PROJECT" -f "$target/docker-compose.yml" --project-directory "$target" config -q ||
  fail "docker-compose refuses the rendered docker-compose.yml; the lines above say why: correct harborConfig, or take another docker-compose, then run again"
prune_releases "$target"
# Every node reads this release's archive alone; an earlier one's is copied again when it is wanted.
if [[ $NODE == "$CARRIER" && -d $UPLOADS ]]; then
  find "$UPLOADS" -mindepth 1 -maxdepth 1 -type f ! -name "${ARCHIVE_PATH##*/}" -delete
fi
printf '%s: staged at %s\n' "$NODE" "$(date -u +%FT%T.%NZ)"
