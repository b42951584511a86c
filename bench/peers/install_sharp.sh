#!/usr/bin/env bash
# bench/peers/install_sharp.sh: sharp as package-lock.json pins it, from npm. Says aloud why there is none if it cannot
# be had, and succeeds all the same: the other tools are compared without it.
set -uo pipefail
cd "$(dirname "$0")"
log=$(mktemp)
trap 'rm -f "$log"' EXIT

starts() { node -e "require('sharp')" >"$log" 2>&1; }

# The line that names the error, else the last one: Node.js prints the source and the stack around it.
reason() { grep -m 1 -E '^[A-Za-z]*Error: ' "$log" || tail -n 1 "$log"; }

# As pinned, and for this Node.js: npm passes silently over a binary that another one would need.
if [ package-lock.json -nt node_modules/.package-lock.json ] || ! starts; then
  npm ci --no-audit --no-fund --loglevel=error >"$log" 2>&1 || echo "npm ci failed: $(reason)" >&2
fi
starts || echo "WARNING: SHARP IS LEFT OUT. It does not start with $(command -v node || echo a missing node):" \
  "$(reason)" >&2
exit 0
