#!/usr/bin/env bash
# Takes the releases of this node away, which hold secrets; images in docker and everything on the
# shared mount stay. Reads nothing from standard input that it needs. Nothing there: nothing done. A
# node of another stack is left as it is.

read_input
take_lock
pass_over_foreign_host
rm -rf "$INSTALL_DIR/releases" "$INSTALL_DIR"/images-* "$INSTALL_DIR"/{,.}current
rmdir "$INSTALL_DIR" 2>/dev/null || true
say "the staged releases are gone; data and images stay"
