using System.Net;
using System.Net.Sockets;
using BlazorPluginAdmin.App.Hosting;
using Microsoft.Extensions.Configuration;

namespace BlazorPluginAdmin.App.Tests;

/// <summary>Options, and starts that are refused: one line, a code, nothing left open.</summary>
public sealed class StartTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("admin-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void WrongOptions_AreAllReportedAtOnce()
    {
        var (_, errors) = AppOptions.Read(
            ["--prot", "1", "--grpc-port", "99999", "--bind", "somewhere", "--public-host", "https://x:1", "--ephemeral=maybe", "word", "--data-dir"], new ConfigurationBuilder().Build(), new Dictionary<string, string> { ["ADMIN__DATADRI"] = "x" });
        Assert.Equal(8, errors.Count);
        Assert.Contains(errors, error => error.Contains("--port", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Contains("data-dir", StringComparison.Ordinal));
    }

    [Fact]
    public void CommandLine_Beats_Environment_Beats_File()
    {
        var file = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Admin:Port"] = "1", ["Admin:GrpcPort"] = "2", ["Admin:Bind"] = "::1" }).Build();
        var (options, errors) = AppOptions.Read(["--port=5"], file, new Dictionary<string, string> { ["ADMIN__PORT"] = "3", ["ADMIN__GRPCPORT"] = "4" });
        Assert.Empty(errors);
        Assert.Equal((5, 4, "::1"), (options.Port, options.GrpcPort, options.Bind));
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("192.0.2.1")]
    [InlineData("::ffff:192.0.2.1")]
    [InlineData("fe80::1")]
    public async Task OpenBind_IsRefused_BeforeAnyPortOpens(string bind)
    {
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => AdminApp.StartAsync(new AppOptions { Bind = bind, Port = 0, GrpcPort = 0, Ephemeral = true }));
        Assert.Equal(78, refused.ExitCode);
    }

    [Theory]
    [InlineData("/ops", "/ops")]
    [InlineData("/ops/plugin-admin/", "/ops/plugin-admin")]
    [InlineData("/", "")]
    [InlineData("ops", null)]
    [InlineData("//elsewhere.example", null)]
    [InlineData("/a/../b", null)]
    [InlineData("/a\"><script>", null)]
    public void PathBase_IsAPlainPath(string given, string? path)
    {
        var (options, errors) = AppOptions.Read([$"--path-base={given}"], new ConfigurationBuilder().Build(), new Dictionary<string, string>());
        Assert.Equal(path ?? "", options.PathBase);
        Assert.Equal(path is null, errors.Any(error => error.Contains("is not a plain path", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("--port")]
    [InlineData("--grpc-port")]
    public void ViewPort_IsNoneOfTheOthers(string other)
    {
        var (options, errors) = AppOptions.Read([$"{other}=7", "--view-port=7"], new ConfigurationBuilder().Build(), new Dictionary<string, string>());
        Assert.Equal($"--view-port and {other} are both 7; those who only look need a port of their own", Assert.Single(errors));
        Assert.Null(new AppOptions().ViewPort);
        Assert.Equal(7, options.ViewPort);
    }

    [Theory]
    [InlineData("localhost", "127.0.0.1")]
    [InlineData("127.0.0.2", "127.0.0.2")]
    [InlineData("[::1]", "::1")]
    public void LoopbackBind_IsTaken_HoweverItIsWritten(string bind, string address)
    {
        var (options, errors) = AppOptions.Read(["--bind", bind], new ConfigurationBuilder().Build(), new Dictionary<string, string>());
        Assert.Empty(errors);
        Assert.Equal((address, null), (options.Bind, BindGuard.Problem(options)));
    }

    [Fact]
    public void EveryOption_IsTheSame_InAllThreePlaces()
    {
        var values = new Dictionary<string, string>
        {
            ["port"] = "1",
            ["grpc-port"] = "2",
            ["view-port"] = "3",
            ["bind"] = "::1",
            ["data-dir"] = "d",
            ["public-host"] = "a.example,b.example",
            ["environment"] = "e",
            ["ephemeral"] = "true",
            ["no-worker"] = "true",
        };
        var none = new ConfigurationBuilder().Build();
        var file = new ConfigurationBuilder().AddInMemoryCollection(values.Select(pair => KeyValuePair.Create($"Admin:{Bare(pair.Key)}", (string?)pair.Value))).Build();
        AppOptions[] all =
        [
            Good(AppOptions.Read([.. values.Select(pair => $"--{pair.Key}={pair.Value}")], none, new Dictionary<string, string>())),
            Good(AppOptions.Read([.. values.Where(pair => pair.Value != "true").SelectMany(pair => (string[])[$"--{pair.Key}", pair.Value]), "--no-worker", "--ephemeral"], none, new Dictionary<string, string>())),
            Good(AppOptions.Read([], none, values.ToDictionary(pair => $"ADMIN__{Bare(pair.Key).ToUpperInvariant()}", pair => pair.Value))),
            Good(AppOptions.Read([], file, new Dictionary<string, string>())),
        ];
        Assert.All(all, options => Assert.Equal(
            (1, 2, 3, "::1", "d", "a.example b.example", "e", true, true),
            (options.Port, options.GrpcPort, options.ViewPort, options.Bind, options.DataDir, string.Join(' ', options.PublicHosts), options.EnvironmentName, options.Ephemeral, options.NoWorker)));

        static string Bare(string key) => key.Replace("-", "", StringComparison.Ordinal);

        static AppOptions Good((AppOptions Options, IReadOnlyList<string> Errors) read)
        {
            Assert.Empty(read.Errors);
            return read.Options;
        }
    }

    [Fact]
    public void OptionsFile_ThatCannotBeRead_SaysSo_AndOneThatIsMissingDoesNot()
    {
        var path = Path.Combine(_folder, "appsettings.json");
        Assert.Null(OptionsFile.Read(path).Unreadable);
        File.WriteAllText(path, "{ \"Admin\": { ");
        Assert.StartsWith($"{path} cannot be read: ", OptionsFile.Read(path).Unreadable, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BusyPort_IsSaid_WithItsOption()
    {
        using var busy = new TcpListener(IPAddress.Loopback, 0);
        busy.Start();
        var port = ((IPEndPoint)busy.LocalEndpoint).Port;
        foreach (var (option, options) in ((string, AppOptions)[])[("--port", new AppOptions { Port = port, GrpcPort = 0 }), ("--grpc-port", new AppOptions { Port = 0, GrpcPort = port }), ("--view-port", new AppOptions { Port = 0, GrpcPort = 0, ViewPort = port })])
        {
            var refused = await RefusedAsync(options with { Ephemeral = true });
            Assert.Equal(69, refused.ExitCode);
            Assert.StartsWith($"{option} {port} is in use", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task FolderInUse_IsSaid_WithItsHolder_AndIsFreeAfterwards()
    {
        await using (await AdminApp.StartAsync(new AppOptions { Port = 0, GrpcPort = 0, DataDir = _folder }))
        {
            Assert.Contains("in use by another admin (pid", (await RefusedAsync(new AppOptions { DataDir = _folder })).Message, StringComparison.Ordinal);
        }

        await using var next = await AdminApp.StartAsync(new AppOptions { Port = 0, GrpcPort = 0, DataDir = _folder });
    }

    [Theory]
    [InlineData("a-file", "is a file; name a directory")]
    [InlineData("a-file/below", "cannot be written")]
    [InlineData("keys-is-a-file", "cannot be written")]
    [InlineData("logs-is-a-file", "cannot be written")]
    [InlineData("no-database", "is not an SQLite database")]
    public async Task FolderThatIsNone_IsSaid_AndLeftAsItWas(string name, string reason)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "a-file"), "");
        foreach (var (folder, file) in ((string, string)[])[("keys-is-a-file", "keys"), ("logs-is-a-file", "logs"), ("no-database", "admin.db")])
        {
            await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, folder)).FullName, file), new string('x', 8192));
        }

        var refused = await RefusedAsync(new AppOptions { DataDir = Path.Combine(_folder, name) });
        Assert.Equal(73, refused.ExitCode);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
        Assert.Equal(8192, new FileInfo(Path.Combine(_folder, "no-database", "admin.db")).Length);
    }

    [Fact]
    public async Task EndpointsOfOtherConfiguration_AreNotOpened()
    {
        // What the server would read by itself, past the bind guard.
        const string Name = "Kestrel__Endpoints__Other__Url";
        Environment.SetEnvironmentVariable(Name, "http://127.0.0.1:0");
        try
        {
            await using var admin = await AdminApp.StartAsync(new AppOptions { Port = 0, GrpcPort = 0, Ephemeral = true });
            Assert.Equal(2, admin.Addresses.Count);
        }
        finally
        {
            Environment.SetEnvironmentVariable(Name, null);
        }
    }

    private static Task<StartRefusedException> RefusedAsync(AppOptions options) =>
        Assert.ThrowsAsync<StartRefusedException>(() => AdminApp.StartAsync(options.Ephemeral ? options : options with { Port = 0, GrpcPort = 0 }));
}
