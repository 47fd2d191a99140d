using System.Net;
using BlazorPluginAdmin.App.Admission;
using BlazorPluginAdmin.App.Hosting;
using Microsoft.Extensions.Configuration;

namespace BlazorPluginAdmin.App.Tests.Admission;

/// <summary>What may be bound, and what options and security.toml make of the worker port.</summary>
public sealed class WorkerPortOptionsTests : IDisposable
{
    private const string Tls = "--worker-tls-ca=a --worker-tls-cert=b --worker-tls-key=c";

    private readonly string _folder = Directory.CreateTempSubdirectory("port-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("", null)]
    [InlineData("--grpc-bind=::1", null)]
    [InlineData("--grpc-bind=localhost --bind=127.0.0.9", null)]
    [InlineData("--grpc-bind=0.0.0.0", "--grpc-bind")]
    [InlineData("--grpc-bind=::", "--grpc-bind")]
    [InlineData("--grpc-bind=192.0.2.1", "--grpc-bind")]
    [InlineData("--grpc-bind=::ffff:192.0.2.1", "--grpc-bind")]
    [InlineData($"--grpc-bind=0.0.0.0 {Tls}", null)]
    [InlineData($"--grpc-bind=192.0.2.1 {Tls} --worker-tls-names=x", null)]
    [InlineData("--grpc-bind=0.0.0.0 --worker-allow=10.0.0.0/8", null)]
    [InlineData($"--bind=0.0.0.0 {Tls}", "--bind")]
    [InlineData($"--bind=0.0.0.0 --grpc-bind=127.0.0.1 {Tls}", "--bind")]
    public void Binds_AreJudgedEachForItself(string arguments, string? refused)
    {
        var problem = BindGuard.Problem(Good(arguments));
        Assert.Equal(refused, problem?.Split(' ')[0]);
        if (refused == "--grpc-bind")
        {
            Assert.All((string[])["--worker-tls-ca", "--worker-allow", "bind 127.0.0.1"], way => Assert.Contains(way, problem, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task OpenWorkerPort_WithoutAdmission_IsRefused_BeforeAnythingIsTouched()
    {
        var folder = Path.Combine(_folder, "untouched");
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => AdminApp.StartAsync(Good($"--port=0 --grpc-port=0 --data-dir={folder} --grpc-bind=0.0.0.0")));
        Assert.Equal(78, refused.ExitCode);
        Assert.False(Directory.Exists(folder));
    }

    [Theory]
    [InlineData("--worker-tls-ca=a", "are used together")]
    [InlineData("--worker-tls-cert=a --worker-tls-key=b", "are used together")]
    [InlineData("--worker-tls-names=x", "they need --worker-tls-ca")]
    [InlineData($"{Tls} --worker-tls-names=*", "'*' is not a common name")]
    [InlineData($"{Tls} --worker-tls-names=a*", "'a*' is not a common name")]
    [InlineData($"{Tls} --worker-tls-names=", "the list is empty")]
    [InlineData("--worker-allow=", "the list is empty")]
    [InlineData("--worker-allow=10.0.0.0/33", "'10.0.0.0/33' is not a network")]
    [InlineData("--worker-allow=everyone", "'everyone' is not a network")]
    [InlineData("--grpc-bind=somewhere", "'somewhere' is not an IP address")]
    [InlineData("--security-toml=/no/such/file", "cannot be used")]
    public void Mistakes_AreSaid(string arguments, string error) => Assert.Contains(error, Assert.Single(Read(arguments).Errors), StringComparison.Ordinal);

    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("::ffff:10.1.2.3", true)]
    [InlineData("10.2.0.0", false)]
    [InlineData("192.0.2.7", true)]
    [InlineData("192.0.2.8", false)]
    [InlineData("2001:db8::5", true)]
    [InlineData("2001:db9::5", false)]
    public void Networks_AreThoseOfTheList_InBothFamilies(string address, bool admitted)
    {
        var values = new Dictionary<string, (string, string)> { ["worker-allow"] = ("10.1.0.0/16, 192.0.2.7, 2001:db8::/32", "--worker-allow") };
        List<string> errors = [];
        Assert.Equal(admitted, WorkerPortOptions.Read(values, errors).Admits(IPAddress.Parse(address)));
        Assert.Empty(errors);
    }

    [Fact]
    public void SecurityToml_IsWhatTheOptionsAre_AndBothMayOverrideIt()
    {
        var toml = Toml("""
            [grpc]
            ca = "/etc/ca.pem"
            allowed_wildcard_domain = ".workers.example"
            [grpc.admin]
            cert = "/etc/admin.pem"
            key = "/etc/admin.key"
            client_cert = "/etc/client.pem"
            client_key = "/etc/client.key"
            allowed_commonNames = "worker-1, worker-2"
            [jwt.signing]
            key = ""
            """);
        var options = Good($"--security-toml={toml} --seaweedfs-master=m:9333");
        Assert.Equal(("/etc/ca.pem", "/etc/admin.pem", "/etc/admin.key"), (options.WorkerPort.TlsCa, options.WorkerPort.TlsCert, options.WorkerPort.TlsKey));
        Assert.Equal("worker-1 worker-2 *.workers.example", string.Join(' ', options.WorkerPort.TlsNames));
        Assert.Equal(("/etc/ca.pem", "/etc/client.pem", "/etc/client.key"), (options.SeaweedFS!.TlsCa, options.SeaweedFS.TlsCert, options.SeaweedFS.TlsKey));

        var environment = new Dictionary<string, string> { ["WEED_GRPC_CA"] = "/env/ca.pem", ["WEED_GRPC_ADMIN_CERT"] = "/env/admin.pem", ["WEED_GRPC_ADMIN_ALLOWED_COMMONNAMES"] = "worker-3", ["WEED_GRPC_ADMIN_KEY"] = "" };
        var (overridden, errors) = Read($"--security-toml={toml} --worker-tls-ca=/own/ca.pem", environment);
        Assert.Empty(errors);
        Assert.Equal(("/own/ca.pem", "/env/admin.pem", "/etc/admin.key"), (overridden.WorkerPort.TlsCa, overridden.WorkerPort.TlsCert, overridden.WorkerPort.TlsKey));
        Assert.Equal("worker-3 *.workers.example", string.Join(' ', overridden.WorkerPort.TlsNames));
        Assert.Null(overridden.SeaweedFS);
    }

    [Theory]
    [InlineData("[grpc]\nca = \"c\"\n[grpc.admin]\ncert = \"\"\nkey = \"\"", "")]
    [InlineData("[grpc]\nca = \"c\"\nallowed_wildcard_domain = \".x\"", "")]
    [InlineData("[grpc.admin]\ncert = \"a\"\nkey = \"b\"", "are used together")]
    [InlineData("[grpc]\nca = \"c\"\n[grpc.admin]\ncert = \"a\"", "are used together")]
    [InlineData("[grpc]\nca = \"c\"\n[grpc.admin]\ncert = \"a\"\nkey = \"b\"\nallowed_commonNames = [\"w\"]", "must be a text")]
    [InlineData("[grpc", "cannot be used")]
    public void SecurityToml_WithoutCertificatesOfTheAdmin_LeavesThePortAsItIs_AndHalfOfThemIsAMistake(string content, string error)
    {
        var (options, errors) = Read($"--security-toml={Toml(content)}");
        if (error.Length == 0)
        {
            Assert.Empty(errors);
            Assert.False(options.WorkerPort.IsTls);
            Assert.Empty(options.WorkerPort.TlsNames);
        }
        else
        {
            Assert.Contains(error, Assert.Single(errors), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void EveryOption_IsInTheHelp() =>
        Assert.All(AppOptions.Keys, key => Assert.Matches($@"--{key}\b", AppOptions.Help));

    private static AppOptions Good(string arguments)
    {
        var (options, errors) = Read(arguments);
        Assert.Empty(errors);
        return options;
    }

    private static (AppOptions Options, IReadOnlyList<string> Errors) Read(string arguments, Dictionary<string, string>? environment = null) =>
        AppOptions.Read(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), new ConfigurationBuilder().Build(), environment ?? []);

    private string Toml(string content)
    {
        var path = Path.Combine(_folder, "security.toml");
        File.WriteAllText(path, content);
        return path;
    }
}
