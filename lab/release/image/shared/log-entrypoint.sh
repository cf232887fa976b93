#!/usr/bin/env bash
# Changes /var/log/docker: the services' log lines; once an hour it rotates them as the files in
# /etc/logrotate.d say, where the release has any. Reads those files. Not a no-op: it runs until it
# is stopped.
set -euo pipefail

while sleep 3600; do
  for file in /etc/logrotate.d/*; do
    [[ ! -f $file ]] || logrotate --state /run/logrotate.status "$file" || true
  done
done &

# Left behind by a container that was killed, the file would keep rsyslogd from starting.
rm -f /run/rsyslogd.pid
exec rsyslogd -n
