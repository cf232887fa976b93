#!/usr/bin/env bash
# Takes back what client.sh did to a Docker host: the entry in daemon.json, the CA, the folders made for
# them. A daemon.json that nobody else changed gets its earlier bytes. Reads nothing from standard input
# that it needs. Does nothing where nothing is ours, and does without docker where it is gone.

read_input
take_lock
clear_leftovers
withdraw_insecure
withdraw_ca
leave_no_empty_state
