"""Asks the standard services, and sends compressed messages: services.py host:port case"""
import sys

import grpc
import health_pb2
import health_pb2_grpc
import interop_pb2
import interop_pb2_grpc
import reflection_v1_pb2
import reflection_v1_pb2_grpc
import reflection_v1alpha_pb2
import reflection_v1alpha_pb2_grpc
from google.protobuf import descriptor_pb2, descriptor_pool

SERVING = health_pb2.HealthCheckResponse.SERVING
UNKNOWN = health_pb2.HealthCheckResponse.SERVICE_UNKNOWN


def equal(expected, actual):
    assert expected == actual, f"expected {expected!r}, got {actual!r}"


def compressed_unary(channel):
    payload = interop_pb2.Payload(body=bytes(271828))
    request = interop_pb2.SimpleRequest(response_size=314159, payload=payload)
    response = interop_pb2_grpc.TestServiceStub(channel).UnaryCall(request, compression=grpc.Compression.Gzip)
    equal(314159, len(response.payload.body))


def compressed_streaming(channel):
    requests = (interop_pb2.StreamingInputCallRequest(payload=interop_pb2.Payload(body=bytes(size))) for size in (27182, 8, 1828, 45904))
    response = interop_pb2_grpc.TestServiceStub(channel).StreamingInputCall(requests, compression=grpc.Compression.Gzip)
    equal(74922, response.aggregated_payload_size)


def health_check(channel):
    health = health_pb2_grpc.HealthStub(channel)
    equal(SERVING, health.Check(health_pb2.HealthCheckRequest()).status)
    try:
        health.Check(health_pb2.HealthCheckRequest(service="nothing"))
        raise AssertionError("a service that nobody knows has a status")
    except grpc.RpcError as error:
        equal(grpc.StatusCode.NOT_FOUND, error.code())


def health_list(channel):
    statuses = health_pb2_grpc.HealthStub(channel).List(health_pb2.HealthListRequest()).statuses
    equal({"": SERVING}, {name: response.status for name, response in statuses.items()})


def health_watch(channel):
    health = health_pb2_grpc.HealthStub(channel)
    for service, status in (("", SERVING), ("nothing", UNKNOWN)):
        watch = health.Watch(health_pb2.HealthCheckRequest(service=service))
        equal(status, next(watch).status)
        watch.cancel()


def reflection_v1(channel):
    reflect(reflection_v1_pb2, reflection_v1_pb2_grpc.ServerReflectionStub(channel))


def reflection_v1alpha(channel):
    reflect(reflection_v1alpha_pb2, reflection_v1alpha_pb2_grpc.ServerReflectionStub(channel))


def reflect(messages, stub):
    """Finds the service, fetches what describes it, and rebuilds its methods from that alone."""
    requests = [
        messages.ServerReflectionRequest(host="here", list_services="*"),
        messages.ServerReflectionRequest(file_containing_symbol="grpc.testing.TestService"),
        messages.ServerReflectionRequest(file_containing_symbol="grpc.testing.TestService.UnaryCall"),
        messages.ServerReflectionRequest(file_by_filename="interop.proto"),
        messages.ServerReflectionRequest(file_containing_symbol="grpc.testing.Nothing"),
        messages.ServerReflectionRequest(),
    ]
    answers = list(stub.ServerReflectionInfo(iter(requests)))
    equal(requests, [answer.original_request for answer in answers])
    equal("here", answers[0].valid_host)
    equal(
        ["grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection", "grpc.testing.TestService"],
        [service.name for service in answers[0].list_services_response.service])
    for answer in answers[1:4]:
        pool = descriptor_pool.DescriptorPool()
        for file in reversed(answer.file_descriptor_response.file_descriptor_proto):
            pool.Add(descriptor_pb2.FileDescriptorProto.FromString(file))
        methods = pool.FindServiceByName("grpc.testing.TestService").methods_by_name
        equal("grpc.testing.SimpleRequest", methods["UnaryCall"].input_type.full_name)
    equal(grpc.StatusCode.NOT_FOUND.value[0], answers[4].error_response.error_code)
    equal(grpc.StatusCode.INVALID_ARGUMENT.value[0], answers[5].error_response.error_code)


if __name__ == "__main__":
    with grpc.insecure_channel(sys.argv[1]) as channel:
        globals()[sys.argv[2]](channel)
