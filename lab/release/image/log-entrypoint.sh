#!/usr/bin/env bash
# Changes /var/log/docker: the services' log lines, a folder a day and a file a service. Reads
# nothing. Not a no-op: it runs until it is stopped.
set -euo pipefail

# Left behind by a container that was killed, the file would keep rsyslogd from starting.
rm -f /run/rsyslogd.pid
exec rsyslogd -n
