"""The messages of the protocol, generated from protos/*.proto by generate.sh. Nothing here is written by hand."""
