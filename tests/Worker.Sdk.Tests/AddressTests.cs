using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using BlazorPluginAdmin.Tests.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using HttpResults = Microsoft.AspNetCore.Http.Results;

namespace BlazorPluginAdmin.WorkerSdk.Tests;

public sealed class AddressTests
{
    [Theory]
    [InlineData("grpc://h:1", "http://h:1")]
    [InlineData("grpcs://h:1", "https://h:1")]
    [InlineData("h:23646.4711", "http://h:4711")]
    public async Task Addresses_AreUnderstood(string given, string dialled) =>
        Assert.Equal(dialled, await WorkerAddress.ResolveAsync(given, TimeProvider.System, CancellationToken.None).InTimeAsync("the address"));

    [Fact]
    public async Task Address_WithoutAnAnswer_IsTheConvention() =>
        Assert.Equal("http://127.0.0.1:10001", await WorkerAddress.ResolveAsync("127.0.0.1:1", TimeProvider.System, CancellationToken.None).InTimeAsync("the address"));

    /// <summary>It may answer later: that is no reason to give up the worker, and the other entries may do.</summary>
    [Fact]
    public async Task Address_WithoutAnAnswer_AndWithoutAConvention_CannotBeReached()
    {
        var failure = await Assert.ThrowsAsync<StartFailureException>(() => WorkerAddress.ResolveAsync("127.0.0.1:65000", TimeProvider.System, CancellationToken.None).InTimeAsync("the failure"));
        Assert.Equal((CloseReason.Unreachable, false), (failure.Reason, failure.IsPermanent));
        Assert.Equal("127.0.0.1:65000 does not say its gRPC port, and 65000 + 10000 is none; write 127.0.0.1:65000.GRPC", failure.Message);
    }

    [Fact]
    public async Task Entries_AfterOneWithoutAPort_AreTried()
    {
        await using var admin = await ScriptedAdmin.StartAsync().InTimeAsync("the start of the admin");
        await using var worker = new PluginWorker(new WorkerOptions { Address = $"127.0.0.1:65000, {admin.Address}", WorkerId = "w", RegistrationTimeout = TimeSpan.FromSeconds(30) }, new Echo());
        var starting = worker.StartAsync();
        await admin.GreetAsync();
        Assert.Equal(admin.Address.Replace("grpc", "http", StringComparison.Ordinal), (await starting.InTimeAsync("the start")).Address);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("h:1.2.3")]
    [InlineData("h:99999")]
    [InlineData("http://h:1")]
    [InlineData("h:0")]
    [InlineData("grpc://h")]
    [InlineData("grpc://h:1/x")]
    [InlineData("grpcs://h:70000")]
    public async Task Address_OfNoKnownForm_IsRefused(string given)
    {
        await Assert.ThrowsAsync<FormatException>(() => WorkerAddress.ResolveAsync(given, TimeProvider.System, CancellationToken.None));
        var refused = Assert.Throws<ArgumentException>(() => new PluginWorker(new WorkerOptions { WorkerId = "w", Address = $"h:1, {given}" }, new Echo()));
        Assert.StartsWith($"'{given}' is not an address; use host:port", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>By https the status page is believed as the stream is: whoever shows what, as long as no authority is set.</summary>
    [Theory]
    [InlineData("", "", true)]
    [InlineData("own", "admin.test", true)]
    [InlineData("own", "other.test", false)]
    [InlineData("other", "admin.test", false)]
    [InlineData("none", "admin.test", false)]
    public async Task StatusPage_IsBelievedAsTheStreamWouldBe(string authority, string name, bool isBelieved)
    {
        var folder = Directory.CreateTempSubdirectory("page-");
        await using var page = await StatusPage.StartAsync(new Dictionary<string, int> { ["worker_grpc_port"] = 4711 });
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "own"), page.Certificate.ExportCertificatePem());
        using var other = StatusPage.Certify();
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "other"), other.ExportCertificatePem());
        var options = new WorkerOptions { TlsCa = authority.Length > 0 ? Path.Combine(folder.FullName, authority) : "", TlsServerName = name };
        var found = await WorkerAddress.ResolveAsync($"127.0.0.1:{page.Port}", options, CancellationToken.None).InTimeAsync("the address");
        Assert.Equal($"http://127.0.0.1:{(isBelieved ? 4711 : page.Port + 10_000)}", found);
        folder.Delete(recursive: true);
    }

    /// <summary>A status page that is to be had by https alone, under the name <c>admin.test</c>.</summary>
    private sealed class StatusPage(WebApplication app, X509Certificate2 certificate) : IAsyncDisposable
    {
        public X509Certificate2 Certificate => certificate;

        public int Port => new Uri(app.Urls.First()).Port;

        public static async Task<StatusPage> StartAsync(Dictionary<string, int> answer)
        {
            var certificate = Certify();
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listener => listener.UseHttps(certificate)));
            var app = builder.Build();
            app.MapGet("/api/plugin/status", () => HttpResults.Text(JsonSerializer.Serialize(answer)));
            await app.StartAsync();
            return new StatusPage(app, certificate);
        }

        public static X509Certificate2 Certify()
        {
            using var key = RSA.Create(2048);
            var request = new CertificateRequest("CN=admin", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName("admin.test");
            request.CertificateExtensions.Add(names.Build());
            var now = TimeProvider.System.GetUtcNow();
            return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        }

        public async ValueTask DisposeAsync()
        {
            await app.DisposeAsync();
            certificate.Dispose();
        }
    }
}
