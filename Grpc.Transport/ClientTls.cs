using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace BlazorPluginAdmin.Grpc.Transport;

/// <summary>TLS settings of a client from PEM files, for <see cref="GrpcChannelOptions.Tls"/>.</summary>
public static class ClientTls
{
    /// <summary>The given authority alone is trusted, and the name that is dialled is checked.</summary>
    /// <param name="ca">PEM file with the authority that signed the peer's certificate.</param>
    /// <param name="cert">PEM file with the own certificate, intermediates behind it; empty: none is shown.</param>
    /// <param name="key">PEM file with its private key, unencrypted.</param>
    /// <exception cref="InvalidDataException">A file is missing, is no PEM, or the key does not belong to the certificate; the text names it.</exception>
    public static SslClientAuthenticationOptions FromPemFiles(string ca, string cert = "", string key = "")
    {
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        var tls = new SslClientAuthenticationOptions { CertificateChainPolicy = trust };
        var file = ca;
        try
        {
            trust.CustomTrustStore.ImportFromPemFile(ca);
            if (cert.Length > 0)
            {
                file = $"{cert} with {key}";
                var chain = new X509Certificate2Collection();
                chain.ImportFromPemFile(cert);
                tls.ClientCertificateContext = SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(cert, key), chain, offline: true);
            }
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{file} cannot be used for TLS: {exception.Message}", exception);
        }

        return trust.CustomTrustStore.Count > 0 ? tls : throw new InvalidDataException($"{ca} cannot be used for TLS: it holds no certificate");
    }
}
