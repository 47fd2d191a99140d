using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BlazorPluginAdmin.App.Hosting;
using BlazorPluginAdmin.App.SeaweedFS;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Tests.Shared;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.App.Tests.SeaweedFS;

/// <summary>A master that talks to nobody without a certificate of its authority.</summary>
public sealed class TlsTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("admin-").FullName;
    private X509Certificate2 _authority = null!;
    private ScriptedMaster _master = null!;

    public async Task InitializeAsync()
    {
        var start = TimeProvider.System.GetUtcNow().AddHours(-1);
        using var key = ECDsa.Create();
        var request = new CertificateRequest("CN=authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _authority = request.CreateSelfSigned(start, start.AddDays(1));
        await File.WriteAllTextAsync(Path.Combine(_folder, "ca.pem"), _authority.ExportCertificatePem());
        using var own = Issue("admin", 2);
        await File.WriteAllTextAsync(Path.Combine(_folder, "cert.pem"), own.ExportCertificatePem());
        await File.WriteAllTextAsync(Path.Combine(_folder, "key.pem"), own.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        var server = Issue("master", 3);
        _master = await ScriptedMaster.StartAsync(TimeProvider.System, listener => listener.UseHttps(https =>
        {
            https.ServerCertificate = server;
            https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            https.ClientCertificateValidation = (client, _, _) => client.Issuer == "CN=authority";
        }));
    }

    public async Task DisposeAsync()
    {
        await _master.DisposeAsync();
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Master_ThatWantsCertificates_AnswersTheAdminThatHasOne()
    {
        var report = await LookAsync(Options with { TlsCert = Path.Combine(_folder, "cert.pem"), TlsKey = Path.Combine(_folder, "key.pem") });
        Assert.Equal("", report.Problem);
        Assert.Equal<string>([_master.Address], report.Context.MasterGrpcAddresses);
    }

    [Fact]
    public async Task Master_ThatWantsCertificates_DoesNotAnswerAnAdminWithout()
    {
        Assert.Contains(_master.Address, (await LookAsync(Options)).Problem, StringComparison.Ordinal);
        Assert.Contains(_master.Address, (await LookAsync(Options with { TlsCa = "" })).Problem, StringComparison.Ordinal);
        Assert.Empty(_master.Calls);
    }

    [Fact]
    public void FileThatIsNoCertificate_RefusesTheStart_WithItsName()
    {
        var path = Path.Combine(_folder, "cert.pem");
        var refused = Assert.Throws<StartRefusedException>(() => new ServiceCollection().AddSeaweedFS(Options with { TlsCert = path, TlsKey = path }));
        Assert.Contains(path, refused.Message, StringComparison.Ordinal);
        Assert.Throws<StartRefusedException>(() => new ServiceCollection().AddSeaweedFS(Options with { TlsCa = Path.Combine(_folder, "none.pem") }));
    }

    private SeaweedFSOptions Options => Masters.Options(_master) with { TlsCa = Path.Combine(_folder, "ca.pem") };

    private static async Task<ClusterReport> LookAsync(SeaweedFSOptions options)
    {
        await using var services = new ServiceCollection().AddSingleton<TimeProvider>(new ManualTimeProvider()).AddSeaweedFS(options).BuildServiceProvider();
        return await services.GetRequiredService<IClusterContextSource>().LookAsync(CancellationToken.None).InTimeAsync("a look at the cluster");
    }

    private X509Certificate2 Issue(string name, byte serial)
    {
        using var key = ECDsa.Create();
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(_authority, _authority.NotBefore, _authority.NotAfter, [serial]);
        using var whole = issued.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }
}
