using BlazorPluginAdmin.App.Hosting;
using BlazorPluginAdmin.App.SeaweedFS;
using Microsoft.Extensions.Configuration;

namespace BlazorPluginAdmin.App.Tests.SeaweedFS;

/// <summary>How servers are written, and what an operator may say about them.</summary>
public sealed class AddressTests
{
    [Theory]
    [InlineData("127.0.0.1:9333", 9333, 19333, "127.0.0.1:9333")]
    [InlineData("host:9333.19444", 9333, 19444, "host:9333.19444")]
    [InlineData("host:9333.19333", 9333, 19333, "host:9333")]
    [InlineData("[::1]:9333", 9333, 19333, "[::1]:9333")]
    public void Address_Read_HasBothPorts_AndTheFormWorkersWant(string text, int http, int grpc, string written)
    {
        var address = Masters.Address(text);
        Assert.Equal((http, grpc, written), (address.Http, address.Grpc, address.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("host")]
    [InlineData(":9333")]
    [InlineData("host:")]
    [InlineData("host:0")]
    [InlineData("host:9333.")]
    [InlineData("host:9333.70000")]
    [InlineData("host:60000")]
    [InlineData("host:1.2.3")]
    [InlineData("http://host:9333")]
    [InlineData("ho st:9333")]
    public void Address_OfAnotherForm_IsNone(string text) => Assert.False(ServerAddress.TryParse(text, out _));

    [Fact]
    public void Options_WithMasters_AreRead_FromEachPlace()
    {
        var (options, errors) = Read(["--seaweedfs-master", "a:9333, b:9333.19444,a:9333.19333", "--seaweedfs-filer-group=g"], new() { ["ADMIN__SEAWEEDFSCONFIG"] = "/etc/seaweedfs/admin.toml" });
        Assert.Empty(errors);
        Assert.Equal(["a:9333", "b:9333.19444"], options.SeaweedFS!.Masters.Select(master => $"{master}"));
        Assert.Equal(("g", "/etc/seaweedfs/admin.toml", ""), (options.SeaweedFS.FilerGroup, options.SeaweedFS.ConfigFile, options.SeaweedFS.TlsCa));
        Assert.Null(Read([], []).Options.SeaweedFS);
    }

    [Theory]
    [InlineData("--seaweedfs-master=a", "'a' is not the address of a master")]
    [InlineData("--seaweedfs-master=", "--seaweedfs-master names no master")]
    [InlineData("--seaweedfs-master=,", "--seaweedfs-master names no master")]
    [InlineData("--seaweedfs-filer-group=g", "no cluster without --seaweedfs-master")]
    [InlineData("--seaweedfs-master=a:1 --seaweedfs-tls-ca=x --seaweedfs-tls-cert=y", "--seaweedfs-tls-cert and --seaweedfs-tls-key are used together")]
    [InlineData("--seaweedfs-master=a:1 --seaweedfs-tls-cert=y --seaweedfs-tls-key=z", "and with --seaweedfs-tls-ca")]
    [InlineData("--seaweedfs-masters=a:1", "did you mean --seaweedfs-master?")]
    public void Options_ThatCannotBeMeant_AreRefused(string args, string text)
    {
        var error = Assert.Single(Read(args.Split(' '), []).Errors);
        Assert.Contains(text, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[maintenance.vacuum]\ngarbage_threshold = \"much\"", "maintenance.vacuum.garbage_threshold must be a number")]
    [InlineData("[maintenance.vacuum", "cannot be used")]
    [InlineData(null, "cannot be used")]
    public async Task Start_WithAConfigFileThatCannotBeUsed_IsRefused(string? content, string text)
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("admin-").FullName, "admin.toml");
        if (content is not null)
        {
            await File.WriteAllTextAsync(path, content);
        }

        var options = new AppOptions { Port = 0, GrpcPort = 0, Ephemeral = true, SeaweedFS = new SeaweedFSOptions { Masters = [Masters.Address("127.0.0.1:9333")], ConfigFile = path } };
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => AdminApp.StartAsync(options));
        Assert.Equal(StartRefusedException.Config, refused.ExitCode);
        Assert.Contains(text, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    private static (AppOptions Options, IReadOnlyList<string> Errors) Read(string[] args, Dictionary<string, string> environment) =>
        AppOptions.Read(args, new ConfigurationBuilder().Build(), environment);
}
