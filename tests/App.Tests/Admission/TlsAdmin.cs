using System.Threading.Channels;
using BlazorPluginAdmin.App.Admission;
using BlazorPluginAdmin.App.Hosting;
using BlazorPluginAdmin.Components.Layout;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.App.Tests.Admission;

/// <summary>An admin whose worker port asks for certificates, and the certificates of everyone who comes to it.</summary>
public sealed class TlsAdmin : RunningAdmin, IDisposable
{
    private readonly TestAuthority _own;
    private readonly TestAuthority _foreign;
    private readonly WorkerPortOptions _port;

    public TlsAdmin()
    {
        _own = new TestAuthority(Folder, "own-ca");
        _foreign = new TestAuthority(Folder, "foreign-ca");
        var server = _own.Issue("server", "CN=admin", TestAuthority.ServerUsage, hosts: ["127.0.0.1", "admin.example"]);
        _own.Issue("good", "CN=worker-1");
        _own.Issue("wildcard", "CN=a.workers.example");
        _own.Issue("no-usage", "CN=worker-1", usage: null);
        _own.Issue("server-usage", "CN=worker-1", TestAuthority.ServerUsage);
        _own.Issue("expired", "CN=worker-1", daysLeft: -1);
        _own.Issue("other-name", "CN=worker-2");
        _own.Issue("name-is-suffix", "CN=workers.example");
        _own.Issue("two-names", "CN=worker-1, CN=worker-2");
        _own.Issue("name-elsewhere", "O=worker-1");
        _foreign.Issue("other-authority", "CN=worker-1");
        _port = new WorkerPortOptions { TlsCa = _own.File, TlsCert = server.Cert, TlsKey = server.Key, TlsNames = ["worker-1", "*.workers.example"] };
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("tls-").FullName;

    public string Ca => _own.File;

    public ShellOptions Shell => Services.GetRequiredService<Func<ShellOptions>>()();

    internal RefusalLog Log { get; } = new();

    protected override AppOptions Options => base.Options with { WorkerPort = _port };

    /// <summary>A worker that shows the certificate of this name.</summary>
    public ScriptedWorker Worker(string certificate, string id) =>
        new($"https://{GrpcAddress}", id, new GrpcChannelOptions { Tls = ClientTls.FromPemFiles(Ca, FileOf(certificate, "pem"), FileOf(certificate, "key")) });

    public string FileOf(string certificate, string kind) => Path.Combine(Folder, $"{certificate}.{kind}");

    public new void Dispose()
    {
        base.Dispose();
        _own.Dispose();
        _foreign.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    protected override void Configure(IServiceCollection services) => services.AddSingleton<ILoggerProvider>(Log);
}

/// <summary>What the admin logs about connections it refuses and files it cannot use.</summary>
internal sealed class RefusalLog : ILoggerProvider, ILogger
{
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

    public async Task<string> NextAsync() => await _lines.Reader.ReadAsync().AsTask().InTimeAsync("a line of the log");

    public bool IsEmpty => !_lines.Reader.TryPeek(out _);

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Id is 60 or 61)
        {
            Assert.True(_lines.Writer.TryWrite(formatter(state, exception)));
        }
    }

    public void Dispose() { }
}

internal static class Admissions
{
    /// <summary>Says hello and waits for the answer: OK, or the status the connection ended with.</summary>
    public static async Task<Status> GreetAsync(this ScriptedWorker worker)
    {
        try
        {
            try
            {
                await worker.HelloAsync("t");
            }
            catch (RpcException)
            {
                // Refused before the hello was out: only what is read says why.
            }

            Assert.True((await worker.NextAsync(AdminToWorkerMessage.BodyOneofCase.Hello)).Hello.Accepted);
            return Status.OK;
        }
        catch (RpcException exception)
        {
            return exception.Status;
        }
    }
}
