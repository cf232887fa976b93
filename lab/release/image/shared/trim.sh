#!/usr/bin/env bash
# Changes the file system of an image that is being built: removes what no service needs (package
# manager, documentation, Perl programs, tools of the database) and puts the logs of nginx on the
# container's own streams. Reads nothing. A no-op when run again.
set -euo pipefail

ln -sf /dev/stderr /var/log/nginx/error.log
ln -sf /dev/stdout /var/log/nginx/access.log
install -d /data /docker-entrypoint-initdb.d /harbor /var/log/docker /var/spool/rsyslog
# The rules that the packages bring are for files that no container here has.
rm -f /etc/logrotate.d/*

# The init system and the package manager are not run in a container of this release.
rm -rf /usr/share/{bug,common-licenses,doc,gcc,info,lintian,locale,man,perl,perl5,vim,zoneinfo} \
  /usr/lib/{apt,dpkg,systemd} /lib/systemd /usr/lib/x86_64-linux-gnu/{perl,perl5,perl-base,galera} \
  /usr/lib/galera /usr/lib/locale /var/cache/* /var/log/apt /var/log/dpkg.log \
  /var/lib/{apt,dpkg,mysql} /var/backups /usr/include
find /usr/share/mysql -mindepth 1 -maxdepth 1 \
  ! -name '*.sql' ! -name charsets ! -name english -exec rm -rf {} +

# Of the database's forty programs the release needs the client, its dump, and what makes a database.
find /usr/bin /usr/sbin \( -name 'mariadb-*' -o -name 'mysql*' -o -name 'my*isam*' -o -name 'aria_*' \
  -o -name perror -o -name innochecksum -o -name mariabackup -o -name mbstream -o -name garbd \
  -o -name 'wsrep_*' -o -name 'perl*' -o -name 'apt*' -o -name 'dpkg*' \) \
  ! -name mysql ! -name mysqld ! -name mysqladmin ! -name mysqldump ! -name mariadb-dump ! -name mariadb-admin ! -name mariadb-install-db \
  -delete
rm -f /usr/lib/x86_64-linux-gnu/lib{perl,apt-pkg}.so.*
install -d -o mysql -g mysql /var/lib/mysql /run/mysqld /usr/lib/mysql/plugin
install -d -m 1777 /tmp /var/tmp
