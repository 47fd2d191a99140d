using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace BlazorPluginAdmin.App.Tests.Admission;

/// <summary>An authority and the certificates it signs, as PEM files of a folder.</summary>
internal sealed class TestAuthority : IDisposable
{
    public const string ClientUsage = "1.3.6.1.5.5.7.3.2";
    public const string ServerUsage = "1.3.6.1.5.5.7.3.1";

    private readonly string _folder;
    private readonly X509Certificate2 _certificate;

    public TestAuthority(string folder, string name)
    {
        _folder = folder;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        _certificate = request.CreateSelfSigned(Now.AddDays(-30), Now.AddDays(30));
        File = Path.Combine(folder, $"{name}.pem");
        System.IO.File.WriteAllText(File, _certificate.ExportCertificatePem());
    }

    /// <summary>The PEM file that trusts this authority.</summary>
    public string File { get; }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>Writes certificate and key to <c>file.pem</c> and <c>file.key</c> of the folder.</summary>
    /// <param name="usage">Extended key usage; null: none is said.</param>
    public (string Cert, string Key) Issue(string file, string subject, string? usage = ClientUsage, int daysLeft = 10, params string[] hosts)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        if (usage is not null)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        }

        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in hosts)
        {
            if (System.Net.IPAddress.TryParse(host, out var address))
            {
                names.AddIpAddress(address);
            }
            else
            {
                names.AddDnsName(host);
            }
        }

        if (hosts.Length > 0)
        {
            request.CertificateExtensions.Add(names.Build());
        }

        using var certificate = request.Create(_certificate, Now.AddDays(-20), Now.AddDays(daysLeft), RandomNumberGenerator.GetBytes(8));
        var files = (Cert: Path.Combine(_folder, $"{file}.pem"), Key: Path.Combine(_folder, $"{file}.key"));
        System.IO.File.WriteAllText(files.Cert, certificate.ExportCertificatePem());
        System.IO.File.WriteAllText(files.Key, key.ExportPkcs8PrivateKeyPem());
        return files;
    }

    public void Dispose() => _certificate.Dispose();
}
