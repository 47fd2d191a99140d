using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.WorkerSdk.Tests;

/// <summary>A scripted admin and the workers of one test; all end with it, in time.</summary>
public abstract class SdkTest : IAsyncLifetime
{
    private readonly List<PluginWorker> _workers = [];
    private ScriptedAdmin? _admin;

    public ScriptedAdmin Admin => _admin!;

    public async Task InitializeAsync() => _admin = await ScriptedAdmin.StartAsync().InTimeAsync("the start of the scripted admin");

    public async Task DisposeAsync()
    {
        foreach (var worker in _workers)
        {
            await worker.DisposeAsync().AsTask().InTimeAsync("the worker's dispose");
        }

        await Admin.DisposeAsync();
    }

    internal PluginWorker Worker(IJobHandler handler, Func<WorkerOptions, WorkerOptions>? change = null)
    {
        var options = new WorkerOptions { Address = Admin.Address, WorkerId = "w-1", RegistrationTimeout = TimeSpan.FromSeconds(30) };
        var worker = new PluginWorker(change?.Invoke(options) ?? options, handler);
        _workers.Add(worker);
        return worker;
    }

    internal async Task<AdminStream> StartAsync(PluginWorker worker, string extensions = "log,ack,resume")
    {
        var starting = worker.StartAsync();
        var stream = await Admin.GreetAsync(extensions);
        await starting.InTimeAsync("the worker's start");
        return stream;
    }

    internal async Task<(PluginWorker Worker, AdminStream Stream)> ConnectAsync(IJobHandler handler, string extensions = "log,ack,resume", int slots = 4)
    {
        var worker = Worker(handler, options => options with { ExecutionSlots = slots });
        return (worker, await StartAsync(worker, extensions));
    }

    /// <summary>A job of the handler <see cref="Blocking"/> that has begun.</summary>
    internal static async Task BeginAsync(AdminStream stream, Blocking handler, string request = "r1", string job = "j1")
    {
        await stream.ExecuteAsync(request, job, "blocking");
        await handler.Started.Task.InTimeAsync("the start of the job");
    }

    internal static async Task<WorkerAcknowledge> AckAsync(AdminStream stream, string request) =>
        (await stream.NextAsync(WorkerToAdminMessage.BodyOneofCase.Acknowledge, message => message.Acknowledge.RequestId == request)).Acknowledge;

    internal static Task EndOfAsync(PluginWorker worker, Action cause)
    {
        var ended = worker.WaitAsync();
        cause();
        return ended.InTimeAsync("the end of the session");
    }
}
