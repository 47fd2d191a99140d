#!/usr/bin/env bash
# Takes the pictures of the README anew: starts the demo on data of its own, lets it live for a while, looks at it with Chromium.
# docs/images/take.sh [SECONDS to wait, default 240]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ -x /usr/bin/chromium ] || { echo "Chromium is missing: apt-get install chromium" >&2; exit 69; }
npm ci --prefix "$here" --no-audit --no-fund --silent
data=$(mktemp -d); said=$data/said
"$here/../../run.sh" --demo --port 0 --grpc-port 0 --data-dir "$data/admin" >"$said" 2>&1 &
demo=$!
trap 'kill -TERM $demo 2>/dev/null; wait $demo 2>/dev/null; rm -rf "$data"' EXIT
until grep -q '^Demo: ' "$said"; do
  kill -0 $demo 2>/dev/null || { cat "$said" >&2; exit 70; }
  sleep 1
done
address=$(sed -n 's/^Dashboard: //p' "$said")
echo "the demo lives at $address; the pictures are taken in ${1:-240} s"
sleep "${1:-240}"
node "$here/take.mjs" "$address" "$here"
