"""A worker with a certificate: tls_worker.py host:port ca cert key hello (base64). Prints the admin's first message, or how the call ended."""
import base64
import sys
import threading

import grpc

address, ca, cert, key, hello = sys.argv[1:]


def content(path):
    with open(path, "rb") as file:
        return file.read()


answered = threading.Event()


def requests():
    yield base64.b64decode(hello)
    answered.wait(60)


credentials = grpc.ssl_channel_credentials(content(ca), content(key), content(cert))
with grpc.secure_channel(address, credentials) as channel:
    stream = channel.stream_stream("/plugin.PluginControlService/WorkerStream")
    try:
        print("message " + base64.b64encode(next(stream(requests(), timeout=60))).decode(), flush=True)
    except grpc.RpcError as error:
        print(error.code().name, flush=True)
    finally:
        answered.set()
