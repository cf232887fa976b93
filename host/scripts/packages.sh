#!/usr/bin/env bash
# Names the packages that a node lacks. Changes nothing.

# missing_packages: names as Debian and Ubuntu have them, on one line.
missing_packages() {
  local missing=()
  command -v docker >/dev/null || missing+=(docker.io)
  docker compose version >/dev/null 2>&1 || command -v docker-compose >/dev/null ||
    missing+=(docker-compose)
  command -v curl >/dev/null || missing+=(curl)
  if [[ $DRIVER == fuse ]]; then
    command -v ceph-fuse >/dev/null || missing+=(ceph-fuse)
  else
    command -v mount.ceph >/dev/null || missing+=(ceph-common)
  fi
  [[ $DNS_PROVIDER != rfc2136 ]] || command -v nsupdate >/dev/null || missing+=(dnsutils)
  echo "${missing[*]}"
}
