#!/usr/bin/env bash
# What the docker of this host says of itself, and having it read daemon.json again, which leaves
# containers alone. Changes no file; defines functions only.

docker_answers() { timeout 20 docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

# docker_trusts REGISTRY: whether docker itself says that it takes it without TLS.
docker_trusts() {
  local trusted
  # shellcheck disable=SC2016 # the template's own
  trusted=$(timeout 20 docker info --format '
    {{- range $name, $index := .RegistryConfig.IndexConfigs -}}
      {{- if not $index.Secure }}{{ println $name }}{{ end -}}
    {{- end -}}' 2>/dev/null) || return 1
  [[ $'\n'$trusted$'\n' == *$'\n'"$1"$'\n'* ]]
}

docker_distrusts() { ! docker_trusts "$1"; }

# reload_until CONDITION…: docker answers the signal later, and says nothing when it refuses the file.
reload_until() {
  local until=$((SECONDS + ${RELOAD_TIMEOUT:-10}))
  systemctl reload docker || return 1
  until "$@"; do
    [[ $SECONDS -lt $until ]] || return 1
    sleep 0.3
  done
}

# Docker refuses the list in daemon.json, and does not start again, where this flag is given as well.
dockerd_has_flag() {
  local arguments
  arguments=/proc/$(systemctl show -p MainPID --value docker)/cmdline
  [[ -r $arguments ]] && grep -qz -e '^--insecure-registry' "$arguments"
}
