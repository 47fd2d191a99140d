using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Interop.Tests;
using BlazorPluginAdmin.Server.Core.Workers;
using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;
using Google.Protobuf;

namespace BlazorPluginAdmin.App.Tests.Admission;

/// <summary>Who gets past a worker port that asks for certificates.</summary>
public sealed class TlsTests(TlsAdmin admin) : IClassFixture<TlsAdmin>
{
    [Theory]
    [InlineData("good")]
    [InlineData("wildcard")]
    [InlineData("no-usage")]
    public async Task Certificate_ThatHolds_IsLetIn(string certificate)
    {
        using var worker = admin.Worker(certificate, $"w-{certificate}");
        Assert.Equal(Status.OK, await worker.GreetAsync());
    }

    [Theory]
    [InlineData("other-authority")]
    [InlineData("expired")]
    [InlineData("server-usage")]
    [InlineData("other-name")]
    [InlineData("name-is-suffix")]
    [InlineData("two-names")]
    [InlineData("name-elsewhere")]
    public async Task Certificate_ThatDoesNotHold_IsRefused(string certificate)
    {
        using var worker = admin.Worker(certificate, $"w-{certificate}");
        Assert.Equal(StatusCode.Unavailable, (await worker.GreetAsync()).Code);
        Assert.False(admin.Admin.States.Current.Value.Workers.ContainsKey(new WorkerId($"w-{certificate}")));
    }

    [Fact]
    public async Task NoCertificate_AndNoTls_AreRefused()
    {
        using var bare = new ScriptedWorker($"https://{admin.GrpcAddress}", "w-bare", new GrpcChannelOptions { Tls = ClientTls.FromPemFiles(admin.Ca) });
        Assert.Equal(StatusCode.Unavailable, (await bare.GreetAsync()).Code);
        using var plain = new ScriptedWorker(admin.GrpcAddress, "w-plain");
        Assert.Equal(StatusCode.Unavailable, (await plain.GreetAsync()).Code);
        Assert.DoesNotContain(admin.Admin.States.Current.Value.Workers.Keys, id => id.Value is "w-bare" or "w-plain");
    }

    [Fact]
    public async Task SdkWorker_WithACertificate_DoesAJob()
    {
        var options = Sdk("w-sdk") with { TlsCert = admin.FileOf("good", "pem"), TlsKey = admin.FileOf("good", "key"), TlsServerName = "admin.example" };
        await using var worker = new PluginWorker(options, new Greeter());
        await worker.StartAsync().InTimeAsync("the worker's start");
        await admin.UntilAsync(state => state.JobTypes.ContainsKey("greet"), "greet is offered");
        var done = await admin.PostAsync("/api/plugin/jobs/execute", """{"job":{"job_type":"greet"},"timeout_seconds":60}""");
        Assert.True(done.GetProperty("success").GetBoolean());
    }

    [Fact]
    public async Task SdkWorker_ChecksTheNameOfTheAdmin_AndItsAuthority()
    {
        foreach (var wrong in (WorkerOptions[])[Sdk("w-wrong") with { TlsServerName = "other.example" }, Sdk("w-wrong") with { TlsCa = admin.FileOf("foreign-ca", "pem") }])
        {
            await using var worker = new PluginWorker(wrong with { TlsCert = admin.FileOf("good", "pem"), TlsKey = admin.FileOf("good", "key") }, new Greeter());
            Assert.Equal(CloseReason.Unreachable, (await Assert.ThrowsAsync<StartFailureException>(() => worker.StartAsync().InTimeAsync("the refusal"))).Reason);
        }

        var mixed = Sdk("w-wrong") with { TlsCert = admin.FileOf("good", "pem"), TlsKey = admin.FileOf("wildcard", "key") };
        await using var other = new PluginWorker(mixed, new Greeter());
        Assert.Contains("wildcard.key cannot be used for TLS", (await Assert.ThrowsAsync<StartFailureException>(() => other.StartAsync().InTimeAsync("the refusal"))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new PluginWorker(mixed with { TlsKey = "" }, new Greeter()));
        await using var missing = new PluginWorker(Sdk("w-wrong") with { TlsCa = admin.FileOf("missing", "pem") }, new Greeter());
        Assert.Contains("missing.pem cannot be used for TLS", (await Assert.ThrowsAsync<StartFailureException>(() => missing.StartAsync().InTimeAsync("the refusal"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("good", "hello")]
    [InlineData("other-authority", "UNAVAILABLE")]
    [InlineData("other-name", "UNAVAILABLE")]
    public async Task PythonWorker_IsJudgedTheSame(string certificate, string outcome)
    {
        var hello = new WorkerToAdminMessage { WorkerId = $"w-python-{certificate}", Hello = new WorkerHello { WorkerId = $"w-python-{certificate}" } };
        await using var python = PeerProcess.Python(
            "", "tls_worker.py", admin.GrpcAddress, admin.Ca, admin.FileOf(certificate, "pem"), admin.FileOf(certificate, "key"), hello.ToByteString().ToBase64());
        var said = await python.FirstLineAsync();
        Assert.Equal(outcome, said.StartsWith("message ", StringComparison.Ordinal) && AdminToWorkerMessage.Parser.ParseFrom(ByteString.FromBase64(said["message ".Length..])).Hello.Accepted ? "hello" : said);
        await python.SucceedAsync();
    }

    [Fact]
    public void Pages_SayHowWorkersAreAdmitted_AndHowToDial() =>
        Assert.Equal(
            ("pages: loopback only, no authentication; workers: mutual TLS as worker-1, *.workers.example", true, admin.GrpcAddress),
            (admin.Shell.Admission, admin.Shell.WorkerTls, admin.Shell.WorkerAddress));

    private WorkerOptions Sdk(string id) => new() { Address = $"grpcs://{admin.GrpcAddress}", WorkerId = id, TlsCa = admin.Ca, RegistrationTimeout = TimeSpan.FromSeconds(30) };

    private sealed class Greeter : IJobHandler
    {
        public JobTypeDescriptor Descriptor { get; } = new DescriptorBuilder("greet", "Greet", "Greets.").Build();

        public Task DetectAsync(DetectionContext context) => Task.CompletedTask;

        public Task<JobOutcome> ExecuteAsync(JobContext context) => Task.FromResult(JobOutcome.Succeeded("greeted"));
    }
}
