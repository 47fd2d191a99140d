using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.Wire.V1;
using Google.Protobuf;

namespace BlazorPluginAdmin.Cli.Tests;

/// <summary>What the tool ends with.</summary>
public class EndingTests
{
    [Theory]
    [InlineData(JobState.Succeeded, "", null, "", 0)]
    [InlineData(JobState.Canceled, "person", null, "", 130)]
    [InlineData(JobState.Failed, "error", 42, "", 42)]
    [InlineData(JobState.Failed, "exhausted", 7, "", 7)]
    [InlineData(JobState.Failed, "error", 404, "", 22)]
    [InlineData(JobState.Failed, "error", -1, "nope: No such file or directory", 127)]
    [InlineData(JobState.Failed, "error", -1, "nope: no such command on this worker", 127)]
    [InlineData(JobState.Failed, "error", -1, "nope: Permission denied", 126)]
    [InlineData(JobState.Failed, "error", null, "", 1)]
    [InlineData(JobState.Failed, "rejected", null, "", 1)]
    [InlineData(JobState.Failed, "timeout", 143, "", 124)]
    [InlineData(JobState.Failed, "worker_lost", null, "", 71)]
    [InlineData(JobState.Failed, "expired", null, "", 75)]
    public void Job_EndsTheToolWithItsCode(JobState state, string reason, int? code, string error, int exitCode)
    {
        var job = new Job { State = state, Reason = reason, ErrorMessage = error };
        if (code is >= 0)
            job.ExitCode = code.Value;
        else if (code is { } negative)
            job.Result = new JobResult { OutputValues = { ["exit_code"] = new ConfigValue { Int64Value = negative } } };
        Assert.Equal(exitCode, JobEnding.Of(job).ExitCode);
    }

    /// <summary>A status is no code that a program chose, however small, and does not say why it was not enough.</summary>
    [Theory]
    [InlineData(200, "200 OK, but the body does not match ready")]
    [InlineData(204, "204 No Content is not accepted")]
    [InlineData(503, "503 Service Unavailable is not accepted")]
    public void HttpJob_EndsTheToolWith22_AndTheReason(int status, string error)
    {
        var job = new Job { State = JobState.Failed, Reason = "error", ErrorMessage = error, ExitCode = status, Result = new JobResult { OutputValues = { ["http_status"] = new ConfigValue { Int64Value = status } } } };
        Assert.Equal(new JobEnding(22, $"failed: {error}"), JobEnding.Of(job));
    }

    [Fact]
    public void Group_EndsWithTheFirstFailedMember()
    {
        var group = new Group { State = JobState.Failed, Total = 5, Completions = 4, Failed = 1 };
        Assert.Equal(3, JobEnding.OfGroup(group, new Job { State = JobState.Failed, Reason = "error", ExitCode = 3 }).ExitCode);
        Assert.Equal(1, JobEnding.OfGroup(group, null).ExitCode);
    }

    [Theory]
    [InlineData(StatusCode.InvalidArgument, false, 65)]
    [InlineData(StatusCode.FailedPrecondition, false, 65)]
    [InlineData(StatusCode.AlreadyExists, true, 65)]
    [InlineData(StatusCode.NotFound, true, 66)]
    [InlineData(StatusCode.Unavailable, false, 69)]
    [InlineData(StatusCode.Unavailable, true, 75)]
    [InlineData(StatusCode.DeadlineExceeded, false, 69)]
    [InlineData(StatusCode.ResourceExhausted, true, 75)]
    [InlineData(StatusCode.PermissionDenied, false, 77)]
    [InlineData(StatusCode.Unauthenticated, false, 77)]
    [InlineData(StatusCode.Internal, false, 70)]
    public void Refusal_HasItsCode(StatusCode status, bool isExplained, int exitCode)
    {
        var trailers = new Metadata();
        if (isExplained)
            trailers.Add("pluginadmin-error-bin", new ErrorDetail { Code = "known", Message = "what to do", Fields = { new FieldError { Field = "a", Message = "m" } } }.ToByteArray());
        var refused = ToolException.From(new RpcException(new Status(status, "text"), trailers), new Uri("http://admin:1"));
        Assert.Equal(exitCode, refused.ExitCode);
        Assert.Equal(isExplained ? "known" : null, isExplained ? refused.Code : null);
        Assert.Equal(isExplained ? 1 : 0, refused.Fields.Count);
    }

    [Fact]
    public void Calls_AreThoseOfTheContract()
    {
        var services = JobServiceReflection.Descriptor.Services.ToDictionary(service => service.FullName);
        foreach (var property in typeof(Calls).GetProperties())
        {
            dynamic call = property.GetValue(null)!;
            var method = services[(string)call.ServiceName].FindMethodByName((string)call.Name);
            Assert.True(method is not null, $"{property.Name} is no method of {call.ServiceName}");
            var types = property.PropertyType.GetGenericArguments();
            Assert.Equal((types[0], types[1], method!.IsServerStreaming), (method.InputType.ClrType, method.OutputType.ClrType, (bool)call.ServerStreaming));
        }
    }
}
