#!/bin/bash
# Prepares a Debian root for the lab's images: the host's package sources and certificate
# authorities (from /tmp/setup), quick unpacking, no documentation, no services started by apt.
# Reads nothing from stdin. Runs once, while the image is built.
set -euo pipefail

setup=/tmp/setup

if [[ -s $setup/sources.list ]]; then
  rm -f /etc/apt/sources.list.d/*
  cp "$setup/sources.list" /etc/apt/sources.list
fi

cat >/etc/apt/apt.conf.d/99lab <<'APT'
APT::Install-Recommends "false";
Acquire::Languages "none";
Acquire::Retries "3";
// A test machine's clock may be anywhere.
Acquire::Check-Date "false";
Acquire::Check-Valid-Until "false";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb || true"; };
APT

cat >/etc/dpkg/dpkg.cfg.d/99lab <<'DPKG'
force-unsafe-io
path-exclude /usr/share/doc/*
path-exclude /usr/share/man/*
path-exclude /usr/share/locale/*
path-include /usr/share/doc/*/copyright
DPKG

if ! command -v update-ca-certificates >/dev/null; then
  apt-get update -q
  apt-get install -y -q ca-certificates
  rm -rf /var/lib/apt/lists/*
fi
find "$setup" -name '*.crt' -exec cp -t /usr/local/share/ca-certificates {} +
update-ca-certificates >/dev/null

printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
rm -rf "$setup"
