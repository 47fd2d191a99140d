#!/usr/bin/env bash
# Builds the conformance kit and runs it: sdks/conformance/run.sh --worker "<command line>" [--only B,F] [--json report.json] [--nightly]
# Without --worker: the C# worker, built as well. The command line runs in the caller's folder.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
command -v dotnet >/dev/null || { echo "The .NET SDK 10 is missing: install the package dotnet-sdk-10.0" >&2; exit 69; }
log=$(mktemp); trap 'rm -f "$log"' EXIT
build() { dotnet build "$1" -c Release -v q -nologo -clp:NoSummary >"$log" 2>&1 || { cat "$log" >&2; exit 70; }; }
build "$here/Conformance.csproj"
case " $* " in
  *" --worker "*|*" --list "*) ;;
  *)
    build "$here/workers/csharp/ConformanceWorker.csproj"
    set -- --worker "dotnet '$here/workers/csharp/bin/Release/net10.0/conformance-worker.dll'" "$@"
    ;;
esac
rm -f "$log"
exec dotnet "$here/bin/Release/net10.0/conformance.dll" "$@"
