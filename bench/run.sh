#!/usr/bin/env bash
# Measures on this machine: all scenarios, or those that are named. Figures go to bench/results. Keep the machine quiet meanwhile.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
dotnet build ../App/App.csproj -c Release -v q -nologo -clp:NoSummary
dotnet build Load/Load.csproj -c Release -v q -nologo -clp:NoSummary
[ -d Browser/node_modules ] || npm ci --prefix Browser --no-audit --no-fund --silent
exec dotnet Load/bin/Release/net10.0/Load.dll ../App/bin/Release/net10.0/App.dll results "$@"
