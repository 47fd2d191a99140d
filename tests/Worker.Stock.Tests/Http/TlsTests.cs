using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using BlazorPluginAdmin.WorkerSdk;
using BlazorPluginAdmin.WorkerStock.Http;

namespace BlazorPluginAdmin.WorkerStock.Tests.Http;

/// <summary>A server whose certificate nobody knows.</summary>
public sealed class TlsTests
{
    [Fact]
    public async Task UnknownCertificate_IsRefused_UnlessItsAuthorityIsNamed_OrNothingIsVerified()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        using var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, certificate, 3);
        var host = new HandlerTestHost(new HttpHandler(TimeProvider.System, HttpHandler.SystemResolverAsync));
        var url = $"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/";

        Assert.Contains("certificate", (await host.ExecuteAsync(new ValueSet { ["url"] = url })).Text, StringComparison.OrdinalIgnoreCase);
        host.WorkerConfig["ca_pem"] = Encoding.ASCII.GetBytes(certificate.ExportCertificatePem());
        Assert.Equal("hi", (await host.ExecuteAsync(new ValueSet { ["url"] = url })).Outputs["stdout"].Wire.StringValue);
        host.WorkerConfig["ca_pem"] = Array.Empty<byte>();
        host.WorkerConfig["tls_verify"] = false;
        Assert.Equal("hi", (await host.ExecuteAsync(new ValueSet { ["url"] = url })).Outputs["stdout"].Wire.StringValue);
        await serving;
    }

    private static async Task ServeAsync(TcpListener listener, X509Certificate2 certificate, int connections)
    {
        for (var n = 0; n < connections; n++)
        {
            using var client = await listener.AcceptTcpClientAsync();
            await using var tls = new SslStream(client.GetStream());
            try
            {
                await tls.AuthenticateAsServerAsync(certificate);
                _ = await tls.ReadAsync(new byte[4096]);
                await tls.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"u8.ToArray());
            }
            catch (Exception exception) when (exception is IOException or System.Security.Authentication.AuthenticationException)
            {
                // The caller did not trust it.
            }
        }
    }
}
