#!/usr/bin/env bash
# The CA of a registry where docker looks for it: put there (0644), and taken away again. Docker reads it
# at each use. Changes DOCKER_DIR/certs.d/REGISTRY and STATE_DIR/ca (which registry's, and the sums of
# what was put there). Reads from standard input: the file ca.crt. A file of somebody else's stays.

readonly CA=$STATE_DIR/ca

ca_is_ours() { grep -qxF "$(sha256sum <"$1")" "$CA/sums" 2>/dev/null; }

trust_ca() {
  local path=$DOCKER_DIR/certs.d/$REGISTRY/ca.crt known
  known=$(cat "$CA/registry" 2>/dev/null) || true
  if [[ $known != "$REGISTRY" ]]; then withdraw_ca; fi
  if [[ -e $path ]] && ! cmp -s <(printf '%s' "${CONTENT[$path]}") "$path"; then
    ca_is_ours "$path" ||
      fail "$path is there with another content, and is not ours: it was left as it is; move it away if docker need not trust it for $REGISTRY any more"
  fi
  if [[ ! -e $path || -e $CA/registry ]]; then
    install -d -m 0700 "$STATE_DIR" "$CA"
    printf '%s' "${CONTENT[$path]}" | sha256sum >>"$CA/sums"
    replace_file "$CA/registry" 0600 <<<"$REGISTRY" || true
    make_dir "$DOCKER_DIR"
    make_dir "$DOCKER_DIR/certs.d"
    make_dir "$DOCKER_DIR/certs.d/$REGISTRY"
    write_files
  fi
  say "docker trusts the CA in $path for $REGISTRY"
}

withdraw_ca() {
  local path known
  [[ -d $CA ]] || return 0
  known=$(cat "$CA/registry" 2>/dev/null) || true
  path=$DOCKER_DIR/certs.d/$known/ca.crt
  if [[ -n $known && -e $path ]]; then
    if ca_is_ours "$path"; then
      rm "$path"
      say "$path is taken away"
    else
      say "$path was changed by somebody else and stays"
    fi
  fi
  remove_made_dirs
  rm -rf "$CA"
}
