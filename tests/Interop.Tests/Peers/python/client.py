"""Runs one interoperability case against a server: client.py host:port case"""
import faulthandler
import sys
from queue import Queue

import grpc
import interop_pb2 as pb
import interop_pb2_grpc as stubs

INITIAL = "x-grpc-test-echo-initial"
TRAILING = "x-grpc-test-echo-trailing-bin"


def zeros(size):
    return pb.Payload(body=bytes(size))


def wanted(payload, *sizes):
    return pb.StreamingOutputCallRequest(payload=zeros(payload), response_parameters=[pb.ResponseParameters(size=size) for size in sizes])


def sizes(responses):
    return [len(response.payload.body) for response in responses]


def equal(expected, actual):
    assert expected == actual, f"expected {expected!r}, got {actual!r}"


def fails(code, call):
    """The error of a call that must end with the code."""
    try:
        call()
    except grpc.RpcError as error:
        equal(code, error.code())
        return error
    raise AssertionError(f"the call succeeded instead of ending with {code}")


def empty_unary(stub):
    equal(pb.Empty(), stub.EmptyCall(pb.Empty()))


def large_unary(stub):
    response = stub.UnaryCall(pb.SimpleRequest(response_size=314159, payload=zeros(271828)))
    equal(bytes(314159), response.payload.body)


def client_streaming(stub):
    requests = (pb.StreamingInputCallRequest(payload=zeros(size)) for size in (27182, 8, 1828, 45904))
    equal(74922, stub.StreamingInputCall(requests).aggregated_payload_size)


def server_streaming(stub):
    equal([31415, 9, 2653, 58979], sizes(stub.StreamingOutputCall(wanted(0, 31415, 9, 2653, 58979))))


def ping_pong(stub):
    rounds = [(27182, 31415), (8, 9), (1828, 2653), (45904, 58979)]
    with Pipe() as pipe:
        call = stub.FullDuplexCall(pipe)
        for ask, answer in rounds:
            pipe.add(wanted(ask, answer))
            equal(answer, len(next(call).payload.body))
        pipe.close()
        equal([], list(call))


def empty_stream(stub):
    equal([], list(stub.FullDuplexCall(iter(()))))


def cancel_after_begin(stub):
    with Pipe() as pipe:
        call = stub.StreamingInputCall.future(pipe)
        call.cancel()
        assert call.cancelled()
        equal(grpc.StatusCode.CANCELLED, call.code())


def cancel_after_first_response(stub):
    with Pipe() as pipe:
        call = stub.FullDuplexCall(pipe)
        pipe.add(wanted(27182, 31415))
        equal(31415, len(next(call).payload.body))
        call.cancel()
        fails(grpc.StatusCode.CANCELLED, lambda: next(call))


def timeout_on_sleeping_server(stub):
    with Pipe() as pipe:
        # Longer than the usual millisecond, so that the server has the call when the deadline passes.
        call = stub.FullDuplexCall(pipe, timeout=0.1)
        pipe.add(wanted(27182))
        fails(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: next(call))


def custom_metadata(stub):
    metadata = ((INITIAL, "test_initial_metadata_value"), (TRAILING, b"\xab\xab\xab"))
    _, unary = stub.UnaryCall.with_call(pb.SimpleRequest(response_size=314159, payload=zeros(271828)), metadata=metadata)
    duplex = stub.FullDuplexCall(iter((wanted(271828, 314159),)), metadata=metadata)
    equal([314159], sizes(duplex))
    for call in (unary, duplex):
        assert (INITIAL, "test_initial_metadata_value") in call.initial_metadata(), call.initial_metadata()
        assert (TRAILING, b"\xab\xab\xab") in call.trailing_metadata(), call.trailing_metadata()


def status_code_and_message(stub):
    status = pb.EchoStatus(code=2, message="test status message")
    unary = fails(grpc.StatusCode.UNKNOWN, lambda: stub.UnaryCall(pb.SimpleRequest(response_status=status)))
    duplex = fails(grpc.StatusCode.UNKNOWN, lambda: list(stub.FullDuplexCall(iter((pb.StreamingOutputCallRequest(response_status=status),)))))
    equal(status.message, unary.details())
    equal(status.message, duplex.details())


def special_status_message(stub):
    status = pb.EchoStatus(code=2, message="\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n")
    equal(status.message, fails(grpc.StatusCode.UNKNOWN, lambda: stub.UnaryCall(pb.SimpleRequest(response_status=status))).details())


def unimplemented_method(stub):
    fails(grpc.StatusCode.UNIMPLEMENTED, lambda: stub.UnimplementedCall(pb.Empty()))


def unimplemented_service(stub):
    fails(grpc.StatusCode.UNIMPLEMENTED, lambda: stubs.UnimplementedServiceStub(channel).UnimplementedCall(pb.Empty()))


class Pipe:
    """A request stream that stays open until it is closed."""

    def __init__(self):
        self._requests = Queue()

    def add(self, request):
        self._requests.put(request)

    def close(self):
        self._requests.put(None)

    def __iter__(self):
        return self

    def __next__(self):
        request = self._requests.get()
        if request is None:
            raise StopIteration
        return request

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


if __name__ == "__main__":
    # Whoever ends a client that hangs learns where it hung.
    faulthandler.dump_traceback_later(40)
    with grpc.insecure_channel(sys.argv[1]) as channel:
        globals()[sys.argv[2]](stubs.TestServiceStub(channel))
