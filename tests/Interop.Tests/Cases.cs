namespace BlazorPluginAdmin.Interop.Tests;

/// <summary>The public gRPC interoperability cases (grpc/grpc: doc/interop-test-descriptions.md) that need neither TLS nor accounts nor compressed answers.</summary>
internal static class Cases
{
    public static TheoryData<string> All =>
    [
        "empty_unary",
        "large_unary",
        "client_streaming",
        "server_streaming",
        "ping_pong",
        "empty_stream",
        "cancel_after_begin",
        "cancel_after_first_response",
        "timeout_on_sleeping_server",
        "custom_metadata",
        "status_code_and_message",
        "special_status_message",
        "unimplemented_method",
        "unimplemented_service",
    ];
}
