#!/usr/bin/env bash
# Measures on this machine: all scenarios, or those that are named; --strict: ends with 1 when a figure misses its aim.
# Figures go to bench/results, or to $BENCH_RESULTS. Keep the machine quiet meanwhile.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
dotnet build ../App/App.csproj -c Release -v q -nologo -clp:NoSummary
dotnet build Load/Load.csproj -c Release -v q -nologo -clp:NoSummary
dotnet build ../Worker.Stock/Worker.Stock.csproj -c Release -v q -nologo -clp:NoSummary
# The tool as it is given to people: a program of this machine.
if [ ! -e /usr/include/zlib.h ] || ! { command -v clang || command -v gcc; } >/dev/null; then
  echo "Installing gcc and zlib1g-dev, which link pluginctl ..." >&2
  apt-get update -qq; apt-get install -y -qq gcc zlib1g-dev
fi
dotnet publish ../Cli/Cli.csproj -c Release -r "linux-$([ "$(uname -m)" = aarch64 ] && echo arm64 || echo x64)" -o ../Cli/bin/published -v q -nologo -clp:NoSummary
[ -d Browser/node_modules ] || npm ci --prefix Browser --no-audit --no-fund --silent
exec dotnet Load/bin/Release/net10.0/Load.dll ../App/bin/Release/net10.0/App.dll "${BENCH_RESULTS:-results}" "$@"
