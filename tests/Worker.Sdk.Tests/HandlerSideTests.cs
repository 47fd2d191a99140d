using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Body = BlazorPluginAdmin.Wire.WorkerToAdminMessage.BodyOneofCase;
using StatusCode = BlazorPluginAdmin.Grpc.Transport.StatusCode;

namespace BlazorPluginAdmin.WorkerSdk.Tests;

/// <summary>What a handler may say beside its outcome, and what the worker says of itself.</summary>
public sealed class HandlerSideTests : SdkTest
{
    [Fact]
    public async Task ValuesTheHandlerFindsWrong_FailTheJobForGood_AndItIsNotBegun()
    {
        var (_, stream) = await ConnectAsync(new Talkative());
        await stream.ExecuteAsync("r", "j", "talkative", request => request.Job.Parameters["count"] = new ConfigValue { Int64Value = -1 });
        var completed = (await stream.NextAsync(Body.JobCompleted)).JobCompleted;
        Assert.Equal((false, "count must not be negative; nor odd", "permanent"), (completed.Success, completed.ErrorMessage, completed.Result.OutputValues["error_class"].StringValue));
        Assert.False(completed.Result.OutputValues.ContainsKey("began"));
    }

    [Fact]
    public async Task ValuesThatAreNotValidatedInTime_FailTheAttempt()
    {
        var worker = Worker(new Talkative { Findings = _ => new TaskCompletionSource<IReadOnlyList<string>>().Task }, options => options with { RequestTimeout = TimeSpan.FromMilliseconds(1) });
        var stream = await StartAsync(worker);
        await stream.ExecuteAsync("r", "j", "talkative");
        var completed = (await stream.NextAsync(Body.JobCompleted)).JobCompleted;
        Assert.Equal((false, "TimeoutException: the values were not validated within 0 s", "transient"), (completed.Success, completed.ErrorMessage, completed.Result.OutputValues["error_class"].StringValue));
    }

    [Fact]
    public async Task ValidationThatBlocks_IsLimitedToo()
    {
        using var ever = new ManualResetEventSlim();
        Task<IReadOnlyList<string>> Block(ConfigReader config)
        {
            ever.Wait();
            return Task.FromResult<IReadOnlyList<string>>([]);
        }

        var worker = Worker(new Talkative { Findings = Block }, options => options with { RequestTimeout = TimeSpan.FromMilliseconds(1) });
        var stream = await StartAsync(worker);
        try
        {
            await stream.ExecuteAsync("r", "j", "talkative");
            Assert.Equal("TimeoutException: the values were not validated within 0 s", (await stream.NextAsync(Body.JobCompleted)).JobCompleted.ErrorMessage);
        }
        finally
        {
            ever.Set();
        }
    }

    [Fact]
    public async Task ParametersOfAWrongKind_AreToldOnce_HoweverOftenTheyAreRead()
    {
        var (_, stream) = await ConnectAsync(new Particular());
        await stream.ExecuteAsync("r", "j", "particular", request => request.Job.Parameters["count"] = new ConfigValue { BoolValue = true });
        var activities = new List<string>();
        WorkerToAdminMessage message;
        while ((message = await stream.NextAsync()).JobCompleted is null)
        {
            activities.AddRange(message.JobProgressUpdate?.Activities.Select(activity => activity.Message) ?? []);
        }

        Assert.Equal(["count is stored as BoolValue, which cannot be used; the default is"], activities);
    }

    [Fact]
    public async Task HealthThatHangs_IsNotAskedForAgain_BeforeItHasEnded()
    {
        var (clock, asked, answer) = (new ManualTimeProvider(), new Gatherings(), new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously));
        var calls = 0;
        var handler = new Talkative
        {
            Health = _ =>
            {
                calls++;
                asked.Add();
                return answer.Task;
            },
        };
        var health = new HandlerHealth([handler], new WorkerOptions { TimeProvider = clock });
        var first = health.CheckAsync(CancellationToken.None);
        await asked.WaitAsync(1);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.True(await first.InTimeAsync("the end of patience"));
        for (var n = 0; n < 3; n++)
        {
            var next = health.CheckAsync(CancellationToken.None);
            clock.Advance(TimeSpan.FromSeconds(2));
            Assert.False(await next.InTimeAsync("the end of patience"));
            Assert.Equal("talkative: says nothing of its health within 2 s", health.Text);
        }

        answer.SetResult("awake");
        Assert.True(await health.CheckAsync(CancellationToken.None).InTimeAsync("the answer"));
        Assert.Equal(("talkative: awake", 2), (health.Text, calls));
    }

    [Fact]
    public async Task Metrics_AndDeadline_AndValuesOfAWrongKind_AreTold()
    {
        var (_, stream) = await ConnectAsync(new Talkative());
        var before = TimeProvider.System.GetUtcNow();
        await stream.ExecuteAsync("r", "j", "talkative", request =>
        {
            request.Job.Parameters["count"] = new ConfigValue { BytesValue = Google.Protobuf.ByteString.CopyFrom(1) };
            request.AdminRuntime = new AdminRuntimeConfig { ExecutionTimeoutSeconds = 600 };
        });
        var progress = (await stream.NextAsync(Body.JobProgressUpdate)).JobProgressUpdate;
        Assert.Equal((50, "counting", 7L), (progress.ProgressPercent, progress.Stage, progress.Metrics["rows"].Int64Value));
        var activities = progress.Activities.ToList();
        var completed = default(JobCompleted);
        while (completed is null)
        {
            var message = await stream.NextAsync();
            activities.AddRange(message.BodyCase == Body.JobProgressUpdate ? message.JobProgressUpdate.Activities : []);
            completed = message.JobCompleted;
        }

        Assert.Contains("count", Assert.Single(activities, activity => activity.Stage == "config").Message, StringComparison.Ordinal);
        var deadline = DateTimeOffset.Parse(completed.Result.OutputValues["deadline"].StringValue, System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(deadline, before + TimeSpan.FromMinutes(10), TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(10));
    }

    [Fact]
    public async Task HealthThatCancelsItself_IsTold_AndTheSessionGoesOn()
    {
        // As a request of an HttpClient that timed out.
        var (_, stream) = await ConnectAsync(new Talkative { Health = _ => throw new TaskCanceledException("timed out") });
        var beat = await stream.NextAsync(Body.Heartbeat, message => message.Heartbeat.Metadata.ContainsKey("health"));
        Assert.Equal("talkative: timed out", beat.Heartbeat.Metadata["health"]);
    }

    [Fact]
    public async Task Health_IsInTheHeartbeats_AndAHandlerThatHangsHoldsUpNone()
    {
        var handler = new Talkative { Health = _ => Task.FromResult<string?>(" the disk is full ") };
        var (_, stream) = await ConnectAsync(handler);
        Assert.Equal("talkative: the disk is full", (await stream.NextAsync(Body.Heartbeat, message => message.Heartbeat.Metadata.ContainsKey("health"))).Heartbeat.Metadata["health"]);

        var hanging = new Talkative { Health = _ => new TaskCompletionSource<string?>().Task };
        var worker = Worker(hanging, options => options with { WorkerId = "w-2" });
        var second = await StartAsync(worker);
        Assert.False((await second.NextAsync(Body.Heartbeat)).Heartbeat.Metadata.ContainsKey("health"));
        Assert.Equal("talkative: says nothing of its health within 2 s", (await second.NextAsync(Body.Heartbeat, message => message.Heartbeat.Metadata.ContainsKey("health"))).Heartbeat.Metadata["health"]);
    }

    [Fact]
    public async Task Preview_IsAnsweredByTheHandler_NoLongerThanAsked()
    {
        var (_, stream) = await ConnectAsync(new Talkative());
        await AskAsync("p1", ["db", "table"]);
        var preview = (await stream.NextAsync(Body.ObjectPreviewResponse)).ObjectPreviewResponse;
        Assert.Equal(("p1", true, "name,table", 3L), (preview.RequestId, preview.Success, string.Join(',', preview.Columns[0], preview.Rows[0].Values[0]), preview.TotalRows));
        Assert.Equal(2, preview.Rows.Count);
        await AskAsync("p2", ["nothing"]);
        var refused = (await stream.NextAsync(Body.ObjectPreviewResponse)).ObjectPreviewResponse;
        Assert.Equal(("p2", false, "there is no nothing"), (refused.RequestId, refused.Success, refused.ErrorMessage));

        ValueTask AskAsync(string id, string[] path) => stream.SendAsync(new AdminToWorkerMessage { RequestId = id, RequestObjectPreview = new RequestObjectPreview { ObjectId = { path }, RowLimit = 2 } });
    }

    [Fact]
    public async Task PreviewThatHangs_IsAnsweredAfter30Seconds_AndKeepsItsPlaceAmongFour()
    {
        var (clock, handler) = (new ManualTimeProvider(), new Hanging());
        var previewer = new Previewer([handler], new WorkerOptions { TimeProvider = clock });
        Task<ObjectPreviewResponse>[] asked = [.. Enumerable.Range(0, 4).Select(n => previewer.AnswerAsync(new RequestObjectPreview(), $"p{n}", CancellationToken.None))];
        await handler.Asked.WaitAsync(4);
        const string full = "4 previews are being made; ask again";
        Assert.Equal(full, await ReasonAsync());
        clock.Advance(TimeSpan.FromSeconds(29.9));
        Assert.DoesNotContain(asked, task => task.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(0.1));
        foreach (var answer in await Task.WhenAll(asked).InTimeAsync("the refusals"))
        {
            Assert.Equal((false, "the preview took more than 30 s"), (answer.Success, answer.ErrorMessage));
        }

        Assert.True(handler.LastToken.IsCancellationRequested);
        Assert.Equal(full, await ReasonAsync());
        handler.Answer.SetResult(new ObjectPreview(["a"], [["1"]], 1));
        while (await ReasonAsync() is { Length: > 0 } why)
        {
            Assert.Equal(full, why);
            await Task.Yield();
        }

        async Task<string> ReasonAsync() => (await previewer.AnswerAsync(new RequestObjectPreview(), "p", CancellationToken.None).InTimeAsync("an answer")).ErrorMessage;
    }

    [Fact]
    public async Task GrantedToken_IsShownAtTheNextDial_AndKeptNowhere()
    {
        var worker = Worker(new Echo(), options => options with { Token = "once" });
        var starting = worker.StartAsync();
        var first = await Admin.NextAsync();
        Assert.Equal("Bearer once", first.Call.RequestHeaders.Get("authorization"));
        first.Call.ResponseHeaders.Add("plugin-token", "bound");
        await first.GreetAsync("log");
        await starting.InTimeAsync("the worker's start");
        await EndOfAsync(worker, () => first.End());
        var again = worker.StartAsync();
        var second = await Admin.NextAsync();
        Assert.Equal("Bearer bound", second.Call.RequestHeaders.Get("authorization"));
        await second.GreetAsync("log");
        await again.InTimeAsync("the second start");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task GrantedToken_IsKept_WhenTheStartFails(bool saysHello)
    {
        var worker = Worker(new Echo(), options => options with { Token = "once" });
        var starting = worker.StartAsync();
        var first = await Admin.NextAsync();
        first.Call.ResponseHeaders.Add("plugin-token", "bound");
        if (saysHello)
        {
            await first.SendAsync(new AdminToWorkerMessage { Hello = new AdminHello { Accepted = false, Message = "not now" } });
        }
        else
        {
            first.End(StatusCode.Unavailable, "going away");
        }

        await Assert.ThrowsAsync<StartFailureException>(() => starting.InTimeAsync("the failure of the start"));
        Assert.Equal("Bearer bound", (await StartAsync(worker)).Call.RequestHeaders.Get("authorization"));
    }

    [Fact]
    public async Task Environment_SaysWhatTheProcessIs_AndItsLaunchIsInTheHello()
    {
        var variables = new Dictionary<string, string> { ["PLUGIN_ADMIN"] = Admin.Address, ["PLUGIN_TOKEN"] = "t", ["PLUGIN_WORKER_ID"] = "w-9", ["PLUGIN_POOL"] = "p", ["PLUGIN_ORDINAL"] = "3", ["PLUGIN_LAUNCH"] = "l-1", ["PLUGIN_HEALTH_PORT"] = "8099" };
        var options = new WorkerOptions { StateDirectory = "kept", Variable = variables.GetValueOrDefault }.WithEnvironment();
        Assert.Equal((Admin.Address, "t", "w-9", "kept", 8099), (options.Address, options.Token, options.WorkerId, options.StateDirectory, options.HealthPort));
        var wrong = Assert.Throws<ArgumentException>(() => new PluginWorker(new WorkerOptions { WorkerId = "w", Variable = name => name == "PLUGIN_HEALTH_PORT" ? "x" : null }, new Echo()));
        Assert.StartsWith("the health port must be 1 to 65535", wrong.Message, StringComparison.Ordinal);
        variables.Remove("PLUGIN_HEALTH_PORT");
        var worker = Worker(new Echo(), _ => new WorkerOptions { Variable = variables.GetValueOrDefault, RegistrationTimeout = TimeSpan.FromSeconds(30) });
        var stream = await StartAsync(worker);
        Assert.Equal(("w-9", "p", "3", "l-1"), (stream.Hello.WorkerId, stream.Hello.Metadata["pool"], stream.Hello.Metadata["ordinal"], stream.Hello.Metadata["launch"]));
    }

    [Fact]
    public void Options_WinOverTheEnvironment()
    {
        var given = new WorkerOptions
        {
            Address = "127.0.0.1:23646",
            StateDirectory = ".",
            WorkerId = "mine",
            Token = "mine",
            HealthPort = 1,
            LogLevel = LogLevel.Debug,
            TlsCa = "mine",
            TlsCert = "mine",
            TlsKey = "mine",
            TlsServerName = "mine",
        };
        Assert.Equal(Said(given), Said((given with { Variable = name => name.Contains("PORT", StringComparison.Ordinal) ? "2" : "theirs" }).WithEnvironment()));
        var filed = new WorkerOptions { TokenFile = "mine", Variable = _ => "theirs" }.WithEnvironment();
        Assert.Equal((null, "mine", "theirs", "theirs", "theirs"), (filed.Token, filed.TokenFile, filed.Address, filed.StateDirectory, filed.TlsCa));

        static object Said(WorkerOptions all) => (all.Address, all.StateDirectory, all.WorkerId, all.Token, all.HealthPort, all.LogLevel, (all.TlsCa, all.TlsCert, all.TlsKey, all.TlsServerName));
    }

    [Theory]
    [InlineData("debug", LogLevel.Debug)]
    [InlineData("INFO", LogLevel.Information)]
    [InlineData("warn", LogLevel.Warning)]
    [InlineData("warning", LogLevel.Warning)]
    [InlineData("error", LogLevel.Error)]
    [InlineData("loud", LogLevel.Information)]
    [InlineData("", null)]
    public void Environment_SaysWhatIsLogged(string said, LogLevel? expected) =>
        Assert.Equal(expected, new WorkerOptions { Variable = name => name == "PLUGIN_LOG_LEVEL" ? said : null }.WithEnvironment().LogLevel);

    [Theory]
    [InlineData(LogLevel.Debug, LogLevel.Debug)]
    [InlineData(LogLevel.Warning, LogLevel.Warning)]
    [InlineData(null, LogLevel.Information)]
    public void LogLevel_HoldsInAHost_WhateverItsMinimum(LogLevel? asked, LogLevel lowest)
    {
        var services = new ServiceCollection().AddLogging(logging => logging.AddProvider(new EveryLevel()).SetMinimumLevel(LogLevel.Information));
        services.AddPluginWorker(new WorkerOptions { LogLevel = asked });
        using var provider = services.BuildServiceProvider();
        var logger = provider.GetRequiredService<ILogger<PluginWorker>>();
        Assert.Equal(lowest, Enum.GetValues<LogLevel>().First(logger.IsEnabled));
        Assert.True(provider.GetRequiredService<ILoggerFactory>().CreateLogger("Tidy.Handler").IsEnabled(LogLevel.Information));
    }

    [Fact]
    public async Task AHost_ReadsTheEnvironmentToo()
    {
        var variables = new Dictionary<string, string> { ["PLUGIN_LOG_LEVEL"] = "warning", ["PLUGIN_WORKER_ID"] = "w-9" };
        var services = new ServiceCollection().AddLogging(logging => logging.AddProvider(new EveryLevel()));
        services.AddPluginWorker(new WorkerOptions { Variable = variables.GetValueOrDefault }).AddHandler<Echo>();
        await using var provider = services.BuildServiceProvider();
        Assert.Equal("w-9", provider.GetRequiredService<PluginWorker>().WorkerId);
        Assert.False(provider.GetRequiredService<ILogger<PluginWorker>>().IsEnabled(LogLevel.Information));
    }

    [Fact]
    public async Task LogLevel_HoldsWithoutAHost()
    {
        var logger = new EveryLevel();
        var worker = Worker(new Echo(), options => options with { Logger = logger, LogLevel = LogLevel.Warning });
        await StartAsync(worker);
        await worker.StopAsync(drain: false).InTimeAsync("the worker's stop");
        Assert.DoesNotContain(logger.Seen, level => level < LogLevel.Warning);
    }

    [Fact]
    public async Task HealthPort_SaysWhetherItServes_AndWhatItDid()
    {
        var port = Ports.Next();
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        var worker = Worker(new Talkative { Health = _ => Task.FromResult<string?>("slow") }, options => options with { HealthPort = port });
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "Created\n"), await GetAsync("/ready"));
        Assert.Equal((HttpStatusCode.OK, "ok\n"), await GetAsync("/health"));
        var stream = await StartAsync(worker);
        Assert.Equal((HttpStatusCode.OK, "ready\n"), await GetAsync("/ready"));
        await stream.NextAsync(Body.Heartbeat, message => message.Heartbeat.Metadata.ContainsKey("health"));
        Assert.Equal((HttpStatusCode.OK, "talkative: slow\n"), await GetAsync("/health"));
        await stream.ExecuteAsync("r", "j", "talkative");
        await stream.NextAsync(Body.JobCompleted);
        var (_, metrics) = await GetAsync("/metrics");
        Assert.Contains("plugin_worker_attempts_total{worker_id=\"w-1\",job_type=\"talkative\",outcome=\"succeeded\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("plugin_worker_completions_unacknowledged{worker_id=\"w-1\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("/else")).Item1);
        Assert.Equal((HttpStatusCode.OK, "ready\n"), await GetAsync($"http://localhost:{port}/ready"));
        await EndOfAsync(worker, () => stream.End());
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "Stopped\n"), await GetAsync("/ready"));

        async Task<(HttpStatusCode, string)> GetAsync(string path)
        {
            using var answer = await http.GetAsync(new Uri(path, UriKind.RelativeOrAbsolute));
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }
    }

    /// <summary>The port may be about to wait for the next request when it is closed.</summary>
    [Fact]
    public async Task HealthPort_ClosedRightAfterAnAnswer_IsClosed()
    {
        await Parallel.ForAsync(0, 2000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (_, end) =>
        {
            var port = Ports.Next();
            var worker = new PluginWorker(new WorkerOptions { Address = Admin.Address, WorkerId = "w-1", HealthPort = port }, new Echo());
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port, end);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET /health HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n"), end);
            Assert.NotEqual(0, await client.GetStream().ReadAsync(new byte[1024], end));
            await worker.DisposeAsync().AsTask().InTimeAsync("the worker's dispose");
        });
    }

    [Fact]
    public async Task Telemetry_HasASpanAndAFigureForEachAttempt()
    {
        var spans = new System.Collections.Concurrent.ConcurrentQueue<System.Diagnostics.Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == WorkerTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = spans.Enqueue,
        };
        System.Diagnostics.ActivitySource.AddActivityListener(listener);
        var durations = new System.Collections.Concurrent.ConcurrentQueue<string>();
        using var meters = new MeterListener { InstrumentPublished = (instrument, self) => { if (instrument.Meter.Name == WorkerTelemetry.Name) self.EnableMeasurementEvents(instrument); } };
        meters.SetMeasurementEventCallback<double>((_, _, tags, _) => durations.Enqueue(string.Join(',', tags.ToArray().Select(tag => tag.Value))));
        meters.Start();
        var worker = Worker(new Echo(), options => options with { WorkerId = "w-spans" });
        var stream = await StartAsync(worker);
        await stream.ExecuteAsync("r-span", "j", "echo", request => request.Job.Parameters["throw"] = new ConfigValue { BoolValue = true });
        await stream.NextAsync(Body.JobCompleted);
        var span = Assert.Single(spans, span => (string?)span.GetTagItem("request.id") == "r-span");
        Assert.Equal(("execute echo", ActivityStatusCode.Error), (span.OperationName, span.Status));
        Assert.Contains("w-spans,echo,failed", durations);
    }

    /// <summary>Takes no notice of its end.</summary>
    private sealed class Hanging : IJobHandler
    {
        public Gatherings Asked { get; } = new();

        public TaskCompletionSource<ObjectPreview> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CancellationToken LastToken { get; private set; }

        public JobTypeDescriptor Descriptor { get; } = new DescriptorBuilder("hanging", "Hanging").Build();

        public bool CanPreview => true;

        public Task<ObjectPreview> PreviewAsync(PreviewRequest request, CancellationToken canceled)
        {
            LastToken = canceled;
            Asked.Add();
            return Answer.Task;
        }
    }

    /// <summary>Counts who has come.</summary>
    private sealed class Gatherings
    {
        private readonly System.Threading.Channels.Channel<bool> _come = System.Threading.Channels.Channel.CreateUnbounded<bool>();

        public void Add() => _come.Writer.TryWrite(true);

        public async Task WaitAsync(int count)
        {
            for (; count > 0; count--)
            {
                await _come.Reader.ReadAsync().AsTask().InTimeAsync("a call of the handler");
            }
        }
    }

    private sealed class Talkative : IJobHandler
    {
        public Func<CancellationToken, Task<string?>> Health { get; init; } = _ => Task.FromResult<string?>(null);

        public JobTypeDescriptor Descriptor { get; } = new DescriptorBuilder("talkative", "Talkative").Build();

        public bool CanPreview => true;

        public Task<string?> HealthAsync(CancellationToken canceled) => Health(canceled);

        public Func<ConfigReader, Task<IReadOnlyList<string>>> Findings { get; init; } =
            config => Task.FromResult<IReadOnlyList<string>>(config.Int64("count") < 0 ? ["count must not be negative", "nor odd"] : []);

        public Task<IReadOnlyList<string>> ValidateAsync(ConfigReader config, CancellationToken canceled) => Findings(config);

        public Task<ObjectPreview> PreviewAsync(PreviewRequest request, CancellationToken canceled) => request.Path is ["db", var name]
            ? Task.FromResult(new ObjectPreview(["name"], [[name], ["b"], ["c"]], 3))
            : throw new InvalidOperationException($"there is no {request.Path[0]}");

        public Task<JobOutcome> ExecuteAsync(JobContext context)
        {
            context.Report(50, "counting", "", new ValueSet { ["rows"] = 7L });
            return Task.FromResult(JobOutcome.Succeeded("counted", new ValueSet { ["began"] = context.Config.Int64("count") == 0, ["deadline"] = context.Deadline?.ToString("O") ?? "" }));
        }
    }

    /// <summary>Reads its parameter alone, and more than once.</summary>
    private sealed class Particular : IJobHandler
    {
        public JobTypeDescriptor Descriptor { get; } = new DescriptorBuilder("particular", "Particular").Build();

        public Task<JobOutcome> ExecuteAsync(JobContext context) => Task.FromResult(JobOutcome.Succeeded($"{context.Parameters.Int64("count")}{context.Parameters.Int64("count")}"));
    }

    /// <summary>Takes lines of every level, and remembers which came.</summary>
    private sealed class EveryLevel : ILogger, ILoggerProvider
    {
        public System.Collections.Concurrent.ConcurrentQueue<LogLevel> Seen { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Seen.Enqueue(logLevel);

        public void Dispose()
        {
        }
    }
}
