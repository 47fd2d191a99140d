using System.Text.Json;
using BlazorPluginAdmin.App;
using BlazorPluginAdmin.App.Hosting;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Workers;
using BlazorPluginAdmin.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Cli.Tests;

/// <summary>Two stock workers, one of which has an interpreter that the other lacks.</summary>
public sealed class InterpreterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("interpreters-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Script_EndsOnTheWorkerThatHasItsInterpreter_WhicheverDescribedTheForm()
    {
        await using var app = await AdminApp.StartAsync(new AppOptions { Port = 0, GrpcPort = 0, Ephemeral = true });
        var admin = app.Services.GetRequiredService<IAdmin>();
        var shell = new Shell(app.GrpcAddress);
        // The first to describe the form decides on the table of the configuration, so it is the one that knows less; the last one too.
        using (Start("without"))
        {
            await UntilAsync(admin, state => Described(state, "without"), "the worker that lacks it");
        }

        using var with = Start("with", "--interpreter", "copies=cat");
        await UntilAsync(admin, state => Described(state, "with"), "the worker that has it");
        using var without = Start("without");
        await UntilAsync(admin, state => Described(state, "with", "without"), "both workers");
        var labels = admin.States.Current.Value.Workers[new WorkerId("with")].Labels;
        Assert.Matches("^[0-9]+[.][0-9]+", labels["interpreter.copies"]);
        Assert.False(admin.States.Current.Value.Workers[new WorkerId("without")].Labels.ContainsKey("interpreter.copies"));

        var refusals = 0;
        for (var n = 0; n < 8; n++)
        {
            var ran = await shell.RunAsync("run", "--type", "script", "--param", "interpreter=copies", "--param", $"source=text {n}");
            Assert.Equal(new Answer(0, $"text {n}", ""), ran);
            var job = JsonDocument.Parse((await shell.RunAsync("list", "--type", "script", "--limit", "1", "--json")).Output).RootElement;
            var attempts = (await StatusAsync(shell, job.GetProperty("job_id").GetString()!)).GetProperty("attempts").EnumerateArray().ToList();
            Assert.Equal("with", attempts[^1].GetProperty("worker_id").GetString());
            Assert.All(attempts.SkipLast(1), attempt => Assert.Equal("without rejected", $"{attempt.GetProperty("worker_id").GetString()} {attempt.GetProperty("state").GetString()}"));
            Assert.InRange(attempts.Count, 1, 2);
            refusals += attempts.Count - 1;
        }

        Assert.True(refusals > 0, "no job came to the worker that lacks the interpreter");
        Assert.Equal(65, (await shell.RunAsync("run", "--type", "script", "--param", "interpreter=never", "--param", "source=x")).Code);

        // Nobody has it any more: the job ends, and says what is missing.
        await with.TerminateAsync();
        await UntilAsync(admin, state => state.Workers[new WorkerId("with")].Session is null, "the end of the worker that has it");
        var last = await shell.RunAsync("run", "--type", "script", "--param", "interpreter=copies", "--param", "source=x", "--wait");
        Assert.NotEqual(0, last.Code);
        var ended = JsonDocument.Parse((await shell.RunAsync("list", "--type", "script", "--limit", "1", "--json")).Output).RootElement;
        Assert.Equal(("JOB_STATE_FAILED", "rejected"), (ended.GetProperty("state").GetString(), ended.GetProperty("reason").GetString()));
        Assert.Contains("copies", ended.GetProperty("error_message").GetString(), StringComparison.Ordinal);

        StockWorker Start(string id, params string[] more) => StockWorker.Start(app.GrpcAddress, Path.Combine(_folder, id), id, ["--types", "script", .. more]);
    }

    private static async Task<JsonElement> StatusAsync(Shell shell, string id) => JsonDocument.Parse((await shell.RunAsync("status", id, "--json")).Output).RootElement;

    /// <summary>All of them are there, and were asked what their forms are.</summary>
    private static bool Described(AdminState state, params string[] workers) => workers.All(id =>
        state.Workers.GetValueOrDefault(new WorkerId(id))?.Session is { } session && state.Sessions[session] is { SchemaRequest: null, SchemaQueue.IsEmpty: true })
        && state.JobTypes["script"].Descriptor is not null;

    private static Task UntilAsync(IAdmin admin, Func<AdminState, bool> reached, string what)
    {
        return FollowAsync().InTimeAsync(what);

        async Task FollowAsync()
        {
            for (var version = -1L; ;)
            {
                (version, var state) = await admin.States.NewerAsync(version, CancellationToken.None);
                if (reached(state))
                    return;
            }
        }
    }
}
