using BlazorPluginAdmin.App;
using BlazorPluginAdmin.App.Hosting;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;

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
        _worker = new PluginWorker(new WorkerOptions { Address = $"grpc://{_admin.GrpcAddress}", WorkerId = "w-talk", StateDirectory = _state.FullName }, new Talk());
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
