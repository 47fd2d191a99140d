#!/usr/bin/env bash
# Builds and starts the admin and, unless --no-worker, one stock worker. Ctrl+C stops both. With --demo a lively fleet comes besides,
# on data of its own; with --import-weed it imports instead and ends. ./run.sh --help lists the options.
set -euo pipefail
home=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
say() { printf '%s\n' "$*" >&2; }

command -v dotnet >/dev/null || { say "The .NET SDK 10 is missing: install the package dotnet-sdk-10.0, then run this again."; exit 69; }
dotnet --list-sdks | grep -q '^10\.' || { say "The .NET SDK 10 is needed; installed are: $(dotnet --list-sdks | tr '\n' ' ')"; exit 69; }

demo=; projects=(App Worker.Stock)
for argument; do
  shift
  if [ "$argument" = --demo ]; then demo=yes; projects+=(samples/DemoFleet); else set -- "$@" "$argument"; fi
done
if [ -n "$demo" ]; then
  case " $* " in *" --data-dir"*) ;; *) set -- "$@" --data-dir "$home/data/demo" ;; esac
  case " $* " in *" --environment"*) ;; *) set -- "$@" --environment demo ;; esac
fi

log=$(mktemp); trap 'rm -f "$log"' EXIT
say "Building (the first time takes a minute) ..."
for project in "${projects[@]}"; do
  dotnet build "$home/$project" -c Release -v q -nologo >"$log" 2>&1 || { cat "$log" >&2; exit 70; }
done
app="$home/App/bin/Release/net10.0/App.dll"
case " $* " in
  *" --help "*) exec dotnet "$app" --help ;;
  *" --import-weed"*) rm -f "$log"; exec dotnet "$app" "$@" ;;
esac

# Job control gives each child a group of its own: Ctrl+C reaches this script alone, which then stops them in order.
set -m
pipe=$(mktemp -u); mkfifo "$pipe"
admin=; workers=()
stopworker() {
  local worker
  for worker in ${workers[@]+"${workers[@]}"}; do { kill -TERM "$worker" 2>/dev/null && wait "$worker" 2>/dev/null; } || true; done
}
stop() {
  trap '' INT TERM HUP
  stopworker
  [ -z "$admin" ] || kill -TERM "$admin" 2>/dev/null || true
}
trap stop INT TERM HUP
dotnet "$app" "$@" </dev/null >"$pipe" &
admin=$!
exec 3<"$pipe"; rm -f "$pipe"

http=; grpc=; data=; worker=yes
while IFS= read -r line <&3; do
  case $line in
    "Data: "*) data=${line#Data: } ;;
    "Stock worker: off"*) worker=no; [ "$line" = "Stock worker: off" ] || printf '%s\n' "$line" ;;
    "Dashboard: "*) http=${line#Dashboard: } ;;
    "Workers: "*) grpc=${line#Workers: }; break ;;
    *) printf '%s\n' "$line" ;;
  esac
done
if [ -n "$grpc" ]; then
  printf 'Dashboard: %s\nWorkers: %s\n' "$http" "$grpc"
  cat <&3 &
  if [ "$worker" = yes ]; then
    state=${data:-${TMPDIR:-/tmp}/admin-$admin}/worker
    mkdir -p "$state"
    dotnet "$home/Worker.Stock/bin/Release/net10.0/Worker.Stock.dll" --admin "grpc://$grpc" --state-dir "$state" </dev/null &
    workers+=($!)
  fi
  if [ -n "$demo" ]; then
    dotnet "$home/samples/DemoFleet/bin/Release/net10.0/DemoFleet.dll" "grpc://$grpc" "$http" </dev/null &
    workers+=($!)
    printf 'Demo: 24 workers with five job types; their work is play, the protocol is real\n'
  fi
fi

code=0
while true; do
  wait "$admin" && code=0 || code=$?
  kill -0 "$admin" 2>/dev/null || break
done
stopworker
exit "$code"
