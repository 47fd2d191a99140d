#!/usr/bin/env bash
# Writes the protobuf messages and stubs of plugin_worker/wire anew from protos/*.proto. Needs Debian's protobuf-compiler (3.21) and
# protobuf-compiler-grpc. --to FOLDER writes them elsewhere: the tests see by that whether the committed ones are fresh.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
protos=$here/../../protos
to=$here/plugin_worker/wire
[ "${1-}" = --to ] && to=$2
mkdir -p "$to"
/usr/bin/protoc --plugin=protoc-gen-grpc_python=/usr/bin/grpc_python_plugin -I"$protos" \
  --python_out="$to" --pyi_out="$to" --grpc_python_out="$to" "$protos/plugin.proto" "$protos/job_service.proto"
# The stub of a service no one dials with it: the worker stream is opened as bytes, so that a message that cannot be read has its own error.
rm "$to/plugin_pb2_grpc.py"
# Inside a package imports are relative; the compiler knows only absolute ones.
sed -i -E 's/^import (plugin_pb2|job_service_pb2) as /from . import \1 as /' "$to"/*_pb2*.py*
