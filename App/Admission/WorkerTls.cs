using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BlazorPluginAdmin.App.Hosting;

namespace BlazorPluginAdmin.App.Admission;

/// <summary>
/// Mutual TLS of the worker port. The files are read again for each connection and compared by content: dates and links tell
/// little where certificates are rotated by swapping folders, and connections of workers are few.
/// </summary>
internal sealed partial class WorkerTls
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private sealed record Texts(string Ca, string Cert, string Key);

    private sealed record Loaded(Texts Texts, X509Certificate2Collection Authorities, SslStreamCertificateContext Own);

    private readonly WorkerPortOptions _options;
    private readonly ILogger _logger;
    private volatile Loaded _newest;
    private volatile string _complaint = "";

    /// <exception cref="StartRefusedException">A file cannot be used.</exception>
    public WorkerTls(WorkerPortOptions options, ILogger logger)
    {
        _options = options;
        _logger = logger;
        try
        {
            _newest = Load(Read());
        }
        catch (Exception exception) when (IsOfFiles(exception))
        {
            throw new StartRefusedException($"{Files} cannot be used for TLS on the worker port: {exception.Message}", exception);
        }
    }

    private string Files => $"{_options.TlsCa}, {_options.TlsCert} with {_options.TlsKey}";

    /// <summary>What the next connection is offered and asked for.</summary>
    /// <param name="refused">Takes the reason, in one line, when the peer's certificate is not accepted.</param>
    public SslServerAuthenticationOptions ForConnection(Action<string> refused)
    {
        var newest = Newest();
        // Of one connection only: the chain building adds to it.
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        trust.CustomTrustStore.AddRange(newest.Authorities);
        // A certificate that names no usage is good for all, as in Go.
        trust.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = newest.Own,
            ClientCertificateRequired = true,
            CertificateChainPolicy = trust,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ApplicationProtocols = [SslApplicationProtocol.Http2],
            // A resumed session would pass by what is asked of certificates now.
            AllowTlsResume = false,
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            {
                if (Problem(certificate as X509Certificate2, chain, errors) is not { } problem)
                {
                    return true;
                }

                refused(problem);
                return false;
            },
        };
    }

    private string? Problem(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null)
        {
            return "it showed no certificate";
        }

        if (errors != SslPolicyErrors.None)
        {
            return $"its certificate does not hold against --{WorkerPortOptions.CaKey}: {string.Join(", ", chain?.ChainStatus.Select(status => status.Status) ?? [])}";
        }

        return _options.AdmitsName(CommonName(certificate)) ? null : $"its certificate's common name is not in --{WorkerPortOptions.NamesKey}";
    }

    /// <summary>Null without one, and with several: which of them would count differs between programs.</summary>
    private static string? CommonName(X509Certificate2 certificate)
    {
        var names = certificate.SubjectName.EnumerateRelativeDistinguishedNames()
            .Where(part => !part.HasMultipleElements && part.GetSingleElementType().Value == "2.5.4.3").ToList();
        return names.Count == 1 ? names[0].GetSingleElementValue() : null;
    }

    /// <summary>The files as they are, or, while they cannot be used (being written just now), as they were.</summary>
    private Loaded Newest()
    {
        var current = _newest;
        try
        {
            var texts = Read();
            if (texts != current.Texts)
            {
                _newest = current = Load(texts);
                _complaint = "";
            }
        }
        catch (Exception exception) when (IsOfFiles(exception))
        {
            if (_complaint != exception.Message)
            {
                _complaint = exception.Message;
                LogKept(Files, exception.Message);
            }
        }

        return current;
    }

    private Texts Read() => new(File.ReadAllText(_options.TlsCa), File.ReadAllText(_options.TlsCert), File.ReadAllText(_options.TlsKey));

    private static Loaded Load(Texts texts)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(texts.Ca);
        if (authorities.Count == 0)
        {
            throw new CryptographicException("the authority's file holds no certificate");
        }

        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(texts.Cert);
        return new Loaded(texts, authorities, SslStreamCertificateContext.Create(X509Certificate2.CreateFromPem(texts.Cert, texts.Key), chain, offline: true));
    }

    /// <summary>A key that is not the certificate's is, for elliptic curves, an ArgumentException.</summary>
    private static bool IsOfFiles(Exception exception) => exception is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException;

    [LoggerMessage(60, LogLevel.Warning, "{Files} changed and cannot be used for TLS on the worker port, the earlier ones stay: {Reason}")]
    private partial void LogKept(string files, string reason);
}
