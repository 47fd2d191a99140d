#!/usr/bin/env bash
# Runs every test. --fast leaves out the browser; --nightly adds the conformance kit with its long cases and strict times, and the
# figures that have an aim, for an hour more and a machine that does nothing else. Installs what it needs (Debian packages, npm) and says so.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
fast=no; [ "${1-}" = --fast ] && fast=yes
nightly=no; [ "${1-}" = --nightly ] && nightly=yes
say() { printf '== %s\n' "$*"; }

command -v dotnet >/dev/null || { echo "The .NET SDK 10 is missing: install the package dotnet-sdk-10.0"; exit 69; }
command -v npm >/dev/null || { echo "Node.js 20 with npm is missing: install the packages nodejs and npm"; exit 69; }

packages=()
[ -x /usr/bin/protoc ] || packages+=(protobuf-compiler libprotobuf-dev)
[ -x /usr/bin/grpc_python_plugin ] || packages+=(protobuf-compiler-grpc)
/usr/bin/python3 -c 'import grpc, google.protobuf' 2>/dev/null || packages+=(python3-grpcio python3-protobuf)
/usr/bin/python3 -c 'import mypy' 2>/dev/null || packages+=(python3-mypy)
# The Python SDK is installed into a virtual environment, as its README says, without the network.
for part in pip venv setuptools wheel; do
  dpkg -s "python3-$part" >/dev/null 2>&1 || packages+=("python3-$part")
done
command -v jq >/dev/null || packages+=(jq)
command -v openssl >/dev/null || packages+=(openssl)
[ $fast = yes ] || [ -x /usr/bin/chromium ] || packages+=(chromium)
if [ ${#packages[@]} -gt 0 ]; then
  say "installing Debian packages: ${packages[*]}"
  if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${packages[@]}" >/dev/null; }; then
    echo "Could not install ${packages[*]}; install them by hand and run this again."; exit 69
  fi
fi
for lock in $(git ls-files 'sdks/**/package-lock.json' 'tests/**/package-lock.json' 'samples/**/package-lock.json'); do
  say "npm ci in $(dirname "$lock")"
  npm ci --prefix "$(dirname "$lock")" --no-audit --no-fund --silent || exit 69
done
for lock in $(git ls-files 'sdks/**/package-lock.json'); do
  say "npm run build in $(dirname "$lock")"
  npm run build --prefix "$(dirname "$lock")" --silent || exit 1
done

passed=0; failed=0
say "build"
dotnet build BlazorPluginAdmin.sln -c Release -v q -nologo -clp:NoSummary || { echo "0 passed, 1 failed"; exit 1; }
# It needs one core; the suites before the browser's leave it one.
formatted=$(mktemp)
dotnet format BlazorPluginAdmin.sln --verify-no-changes --no-restore >"$formatted" 2>&1 &
format=$!
end_format() {
  [ -n "$format" ] || return 0
  say "format"
  if wait "$format"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
  cat "$formatted"; rm -f "$formatted"; format=
}

for project in tests/*.Tests/*.csproj; do
  name=$(basename "$project" .csproj)
  [ $fast = yes ] && [ "$name" = E2E.Tests ] && continue
  [ "$name" = E2E.Tests ] && end_format
  say "$name"
  output=$(mktemp); figures="$(dirname "$project")/bin/Release/net10.0/figures.txt"; rm -f "$figures"
  # A test that hangs is named and ends the run, instead of keeping everyone waiting. The conformance kit is one long test with limits of its own.
  hang=5m; [ "$name" = Conformance.Tests ] && hang=20m
  dotnet test "$project" -c Release --no-build --nologo --logger 'console;verbosity=minimal' --blame-hang --blame-hang-timeout $hang --blame-hang-dump-type none 2>&1 | tee "$output"
  code=${PIPESTATUS[0]}
  # One summary line per assembly: "Passed!  - Failed: 0, Passed: 12, Skipped: 0, ..."
  line=$(grep -E 'Failed: +[0-9]+, Passed: +[0-9]+' "$output" | tail -1)
  f=$(sed -nE 's/.*Failed: +([0-9]+),.*/\1/p' <<<"$line"); p=$(sed -nE 's/.*Passed: +([0-9]+),.*/\1/p' <<<"$line")
  passed=$((passed + ${p:-0})); failed=$((failed + ${f:-0}))
  [ "$code" -ne 0 ] && [ "${f:-0}" -eq 0 ] && failed=$((failed + 1))
  [ -z "$line" ] && { echo "$name ran no test"; failed=$((failed + 1)); }
  [ -f "$figures" ] && cat "$figures"
  rm -f "$output"
done
end_format
if [ $nightly = yes ]; then
  say "conformance kit, nightly"
  if sdks/conformance/run.sh --nightly --worker "dotnet sdks/conformance/workers/csharp/bin/Release/net10.0/conformance-worker.dll" \
    --worker "/usr/bin/python3 sdks/python/conformance_worker.py" --worker "node sdks/node/conformance-worker.mjs"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
  measured=$(mktemp -d)
  for scenario in pages submit output pluginctl; do
    say "bench, $scenario"
    if BENCH_RESULTS="$measured" bench/run.sh --strict "$scenario"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
  done
  rm -rf "$measured"
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
