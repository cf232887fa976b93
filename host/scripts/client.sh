#!/usr/bin/env bash
# Sets a Docker host up as a client of the registry: without TLS by an entry in daemon.json, with a CA of
# one's own by a file in certs.d, and what an earlier run did for another case is taken back.
# Reads from standard input: the file ca.crt, where there is one. Never installs or restarts docker; a
# host that has all of it is left as it is.

read_input
take_lock
command -v docker >/dev/null ||
  fail "docker is not installed on this host; a client is a host that has docker: install it, or take the host out of clients"
docker_answers || fail "docker does not answer on this host (docker version); start it, then run again"
clear_leftovers
if [[ $PROTOCOL == http ]]; then
  withdraw_ca
  trust_insecurely
else
  withdraw_insecure
  if [[ ${#FILES[@]} -gt 0 ]]; then
    trust_ca
  else
    withdraw_ca
    say "docker needs nothing for $REGISTRY: its certificate comes from a CA that hosts trust"
  fi
fi
leave_no_empty_state
