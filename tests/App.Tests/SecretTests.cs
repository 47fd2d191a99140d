using System.Text;
using BlazorPluginAdmin.App.Hosting;
using BlazorPluginAdmin.Wire;
using Body = BlazorPluginAdmin.Wire.AdminToWorkerMessage.BodyOneofCase;

namespace BlazorPluginAdmin.App.Tests;

/// <summary>Secrets that people give lie nowhere in the data directory as they are, and go to workers as they were given.</summary>
public sealed class SecretTests : IDisposable
{
    private const string Given = "s3cret-of-the-job";
    private const string Saved = "s3cret-of-the-config";

    private readonly string _folder = Directory.CreateTempSubdirectory("secrets-").FullName;

    private AppOptions Options => new() { Port = 0, GrpcPort = 0, DataDir = Path.Combine(_folder, "data") };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task PlantedSecrets_AreInNoFile_AndLostKeysAreNoEnd()
    {
        string job;
        await using (var admin = new Kept(Options))
        {
            await admin.InitializeAsync();
            using var worker = new ScriptedWorker(admin.GrpcAddress, "w-secrets");
            await DescribeAsync(worker);
            await admin.UntilAsync(state => state.JobTypes.GetValueOrDefault("hushed") is { Config: not null }, "the form is known");
            using var config = new StringContent($$$$"""{"admin_config_values":{"code":{"string_value":"{{{{Saved}}}}"}}}""", Encoding.UTF8, "application/json");
            using var saved = await admin.Http.PutAsync(new Uri("/api/plugin/job-types/hushed/config", UriKind.Relative), config);
            Assert.True(saved.IsSuccessStatusCode, await saved.Content.ReadAsStringAsync());
            job = await WaitForAsync(admin, "w-later");
            await WaitForAsync(admin, "w-last");
            await admin.PostAsync("/api/plugin/jobs", $$$"""{"job_type":"hushed","parameters":{"token":"{{{Given}}}"}}""", 201);
            var request = (await worker.NextAsync(Body.ExecuteJobRequest)).ExecuteJobRequest;
            Assert.Equal((Given, Saved), (request.Job.Parameters["token"].StringValue, request.AdminConfigValues["code"].StringValue));
            Assert.DoesNotContain("s3cret", await FoundAsync(admin, worker), StringComparison.Ordinal);
            await admin.PostAsync("/api/plugin/backups", "", 201);
            Assert.DoesNotContain("s3cret", await admin.Http.GetStringAsync(new Uri($"/api/plugin/jobs/{job}/detail", UriKind.Relative)), StringComparison.Ordinal);
            NothingOnDisk();
        }

        NothingOnDisk();
        var keys = Directory.GetFiles(Path.Combine(Options.DataDir, "keys"));
        Assert.NotEmpty(keys);
        if (!OperatingSystem.IsWindows())
        {
            foreach (var key in keys)
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
            }

            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(Options.DataDir, "keys")));
        }

        await using (var admin = new Kept(Options))
        {
            await admin.InitializeAsync();
            using var worker = new ScriptedWorker(admin.GrpcAddress, "w-later");
            await worker.HelloAsync("hushed");
            var request = (await worker.NextAsync(Body.ExecuteJobRequest)).ExecuteJobRequest;
            Assert.Equal((Given, Saved), (request.Job.Parameters["token"].StringValue, request.AdminConfigValues["code"].StringValue));
        }

        Array.ForEach(keys, File.Delete);
        await using (var admin = new Kept(Options))
        {
            await admin.InitializeAsync();
            await admin.UntilAsync(state => state.Activities.Any(line => line.Stage == "secrets" && line.Message.Contains("secret code of the admin form of hushed", StringComparison.Ordinal)), "the lost field is named");
            using var worker = new ScriptedWorker(admin.GrpcAddress, "w-last");
            await worker.HelloAsync("hushed");
            Assert.False((await worker.NextAsync(Body.ExecuteJobRequest)).ExecuteJobRequest.Job.Parameters.ContainsKey("token"));
            await admin.UntilAsync(state => state.Activities.Any(line => line.Stage == "secrets" && line.Message.Contains("runs without its token", StringComparison.Ordinal)), "the lost parameter is named");
        }
    }

    /// <summary>What a detection whose worker proposes a secret is told as.</summary>
    private static async Task<string> FoundAsync(RunningAdmin admin, ScriptedWorker worker)
    {
        var looking = admin.PostAsync("/api/plugin/job-types/hushed/detect");
        var asked = await worker.NextAsync(Body.RunDetectionRequest);
        var proposal = new JobProposal { ProposalId = "p", DedupeKey = "p", Summary = "found", Parameters = { ["token"] = new ConfigValue { StringValue = Given } } };
        await worker.SendAsync(new WorkerToAdminMessage { DetectionProposals = new DetectionProposals { RequestId = asked.RequestId, JobType = "hushed", Proposals = { proposal } } });
        await worker.SendAsync(new WorkerToAdminMessage { DetectionComplete = new DetectionComplete { RequestId = asked.RequestId, JobType = "hushed", Success = true, TotalProposals = 1 } });
        var found = (await looking).GetRawText();
        Assert.Contains("***", found, StringComparison.Ordinal);
        return found;
    }

    /// <summary>Submits a job that no other worker gets.</summary>
    private static async Task<string> WaitForAsync(RunningAdmin admin, string worker)
    {
        var job = await admin.PostAsync("/api/plugin/jobs", $$$"""{"job_type":"hushed","parameters":{"token":"{{{Given}}}"},"require_labels":{"worker_id":"{{{worker}}}"}}""", 201);
        return job.GetProperty("job_id").GetString()!;
    }

    private static async Task DescribeAsync(ScriptedWorker worker)
    {
        await worker.HelloAsync("hushed");
        var asked = await worker.NextAsync(Body.RequestConfigSchema);
        var described = new WorkerSdk.DescriptorBuilder("hushed", "Hushed", "Keeps secrets.")
            .Admin(form => form.Section("s", "S", "", section => section.Secret("code", "Code", "")))
            .Worker(form => form.Section("job", "Job", "", job => job.Secret("token", "Token", "")))
            .Build();
        await worker.SendAsync(new WorkerToAdminMessage { ConfigSchemaResponse = new ConfigSchemaResponse { RequestId = asked.RequestId, JobType = "hushed", Success = true, JobTypeDescriptor = described } });
    }

    private void NothingOnDisk()
    {
        var files = Directory.GetFiles(_folder, "*", SearchOption.AllDirectories);
        Assert.Contains(files, file => file.Contains("backups", StringComparison.Ordinal));
        foreach (var file in files.Where(file => Path.GetFileName(file) != "admin.lock"))
        {
            try
            {
                using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                using var reader = new StreamReader(stream, Encoding.Latin1);
                Assert.DoesNotContain("s3cret", reader.ReadToEnd(), StringComparison.Ordinal);
            }
            catch (FileNotFoundException)
            {
                // The index of texts keeps a journal for a moment.
            }
        }
    }

    private sealed class Kept(AppOptions options) : RunningAdmin, IAsyncDisposable
    {
        protected override AppOptions Options => options;

        async ValueTask IAsyncDisposable.DisposeAsync()
        {
            await DisposeAsync();
            Dispose();
        }
    }
}
