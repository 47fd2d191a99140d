#!/usr/bin/env bash
# Measures on this machine: all scenarios, or those that are named. Figures go to bench/results. Keep the machine quiet meanwhile.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
dotnet build ../App/App.csproj -c Release -v q -nologo -clp:NoSummary
dotnet build Load/Load.csproj -c Release -v q -nologo -clp:NoSummary
dotnet build ../Worker.Stock/Worker.Stock.csproj -c Release -v q -nologo -clp:NoSummary
# The tool as it is given to people: compiled for this machine.
dotnet publish ../Cli/Cli.csproj -c Release -r "linux-$([ "$(uname -m)" = aarch64 ] && echo arm64 || echo x64)" --self-contained false -o ../Cli/bin/published -v q -nologo -clp:NoSummary
[ -d Browser/node_modules ] || npm ci --prefix Browser --no-audit --no-fund --silent
exec dotnet Load/bin/Release/net10.0/Load.dll ../App/bin/Release/net10.0/App.dll results "$@"
