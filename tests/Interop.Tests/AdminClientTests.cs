using BlazorPluginAdmin.App;
using BlazorPluginAdmin.App.Hosting;
using BlazorPluginAdmin.App.Services;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;
using V1 = BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.Interop.Tests;

/// <summary>Programs that know only the .proto files submit, follow and cancel jobs of a real admin with a real worker.</summary>
public sealed class AdminClientTests(PythonMessages messages) : IClassFixture<PythonMessages>, IAsyncLifetime
{
    private static readonly string Protos = Path.GetFullPath(Path.Combine(PeerProcess.ProjectFolder, "..", "..", "protos"));

    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("interop-worker-");
    private AdminApp? _admin;
    private PluginWorker? _worker;

    public async Task InitializeAsync()
    {
        _admin = await AdminApp.StartAsync(new AppOptions { Port = 0, GrpcPort = 0, Ephemeral = true });
        _worker = new PluginWorker(new WorkerOptions { Address = $"grpc://{_admin.GrpcAddress}", WorkerId = "w-talk", StateDirectory = _state.FullName, RegistrationTimeout = TimeSpan.FromSeconds(30) }, new Talk());
        await _worker.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _worker!.StopAsync();
        await _admin!.DisposeAsync();
        _state.Delete(recursive: true);
    }

    [Fact]
    public async Task Python_SubmitsFollowsAndCancels()
    {
        await messages.GenerateAsync(Protos);
        await using var client = PeerProcess.Python(messages.Folder, "jobs.py", _admin!.GrpcAddress);
        await client.SucceedAsync();
    }

    [Fact]
    public async Task Node_SubmitsFollowsAndCancels()
    {
        await using var client = PeerProcess.JavaScript("jobs.js", _admin!.GrpcAddress, Protos);
        await client.SucceedAsync();
    }

    [Fact]
    public void Worker_KnowsTheAdminsVersion() => Assert.Matches(@"^\d+\.\d+\.\d+$", _worker!.Session!.AdminVersion);

    [Fact]
    public async Task Sdk_SubmitsFollowsAndCancels()
    {
        // The client gives this question two seconds; the first request of all may take longer.
        using var http = new HttpClient();
        await http.GetStringAsync(new Uri(new Uri(_admin!.HttpAddress), "api/plugin/status"));
        await using var client = new AdminClient(new WorkerOptions { Address = $"127.0.0.1:{new Uri(_admin!.HttpAddress).Port}" });
        var submission = new JobSubmission("talk") { Parameters = new ValueSet { ["lines"] = 3L }, Labels = new Dictionary<string, string> { ["by"] = "sdk" } };
        var finished = await client.RunJobAsync(submission);
        Assert.Equal((JobEnd.Succeeded, "said", 1, 3L), (finished.End, finished.Text, finished.Attempts, finished.Outputs["said"].Wire.Int64Value));
        Assert.Equal(finished.JobId, await client.SubmitAsync(submission));
        var written = new List<byte>();
        await foreach (var piece in client.WatchLogsAsync(finished.JobId))
        {
            Assert.Equal((written.Count, OutputStream.Stdout), ((int)piece.Offset, piece.Stream));
            written.AddRange(piece.Bytes.Span);
        }

        Assert.Equal("line 1\nline 2\nline 3\n", System.Text.Encoding.UTF8.GetString([.. written]));

        var refused = await Assert.ThrowsAsync<AdminRefusedException>(() => client.SubmitAsync(new JobSubmission("talk") { Parameters = new ValueSet { ["lines"] = -1L } }));
        Assert.Equal("lines", Assert.Single(refused.Fields).Field);
        await Assert.ThrowsAsync<AdminRefusedException>(() => client.WaitAsync("job-of-nobody"));
        var endless = await client.SubmitAsync(new JobSubmission("talk") { Parameters = new ValueSet { ["lines"] = 1_000_000L } });
        await client.CancelAsync(endless, "enough");
        Assert.Equal(JobEnd.Canceled, (await client.WaitAsync(endless)).End);
    }

    /// <summary>The admin has the job; that its caller may open no more streams changes nothing of its end.</summary>
    [Fact]
    public async Task Sdk_WithoutAStream_StillHearsHowItsJobEnds()
    {
        using var channel = GrpcChannel.ForAddress($"http://{_admin!.GrpcAddress}");
        var watch = GrpcMethod.From<V1.WatchEventsRequest, V1.JobEvent>(V1.JobServiceReflection.Descriptor.Services.Single(service => service.Name == "JobService"), "WatchEvents");
        var open = new List<ServerStreamCall<V1.WatchEventsRequest, V1.JobEvent>>();
        for (var n = 0; n < WatchSeats.PerCaller; n++)
        {
            open.Add(channel.ServerStreaming(watch, new V1.WatchEventsRequest()));
            Assert.True(await open[n].ResponseStream.MoveNextAsync(CancellationToken.None));
        }

        await using var client = new AdminClient(new WorkerOptions { Address = $"grpc://{_admin!.GrpcAddress}" });
        var finished = await client.RunJobAsync(new JobSubmission("talk") { Parameters = new ValueSet { ["lines"] = 3L } });
        Assert.Equal((JobEnd.Succeeded, "said"), (finished.End, finished.Text));
        open.ForEach(call => call.Dispose());
    }

    private sealed class Talk : IJobHandler
    {
        public bool CanDetect => false;

        public JobTypeDescriptor Descriptor { get; } = new DescriptorBuilder("talk", "Talk", "Prints lines.")
            .Worker(form => form.Section("job", "Job", "", job => job.Integer("lines", "Lines", "", 1).Range(1, 1_000_000)))
            .Build();

        public async Task<JobOutcome> ExecuteAsync(JobContext context)
        {
            var lines = context.Config.Int64("lines");
            for (var n = 1; n <= lines; n++)
            {
                context.Canceled.ThrowIfCancellationRequested();
                await context.OutputAsync(OutputStream.Stdout, System.Text.Encoding.UTF8.GetBytes($"line {n}\n"), context.Canceled);
            }

            return JobOutcome.Succeeded("said", new ValueSet { ["said"] = lines });
        }
    }
}
