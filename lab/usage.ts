import { STAND_INS } from "./release/versions";
import { FIRST_VARIANT, variantText } from "./variant";

export const USAGE = `usage: npm run lab [-- VERB] [FLAG …]

  (none)    up, deploy and prove, then a summary
  up        three nodes, Ceph, Galera, Redis and BIND on this machine
  deploy    the program on them, with the real engine
  preview   what a deployment would change; --json for programs
  prove     push, pull, tokens, sessions, and what else the deployment has to prove
  verify    whether what runs is what was declared; --json for programs
  backup    --output FILE --passphrase-file FILE: database, keys and settings, encrypted
  restore   --archive FILE --passphrase-file FILE: a new deployment gets them with \`deploy\`
  password  the administrator's first password
  destroy   take the deployment back
  status    containers and what systemd says in them
  down      stop the machines; --volumes removes them and all data

What is deployed; the lab remembers it, and is at first ${variantText(FIRST_VARIANT)}:
  --release VERSION        ${STAND_INS.join(", ")}; 1.5 is the newest 1.5
  --https, --http          with a certificate of the deployment's own authority, or without
  --air-gapped, --online   hosts that reach nothing but each other and the services, or everything

Settings for this run:
  --set SETTING=VALUE            such as maxJobWorkers=20
  --set SETTING=@FILE            the text of a file
  --set-secret SETTING=@FILE     the same, kept encrypted
  --nodes hub1,hub3              a cluster of these; another node is left as it is
`;
