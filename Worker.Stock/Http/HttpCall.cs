using System.Buffers;
using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using BlazorPluginAdmin.WorkerSdk;
using BlazorPluginAdmin.WorkerStock.Processes;

namespace BlazorPluginAdmin.WorkerStock.Http;

/// <summary>
/// One attempt of a call. Redirects are followed here, each checked like the first address; what proves who calls goes to the
/// first host alone. The body is the job's stdout, what was asked and answered its stderr.
/// </summary>
internal sealed class HttpCall(HttpPlan plan, JobContext context, Egress egress, HttpMessageInvoker client, TimeProvider time)
{
    private const int Mib = 1024 * 1024;
    private const int MatchedBody = Mib;
    private const int KeptBody = 16 * Mib;

    private static readonly TimeSpan LongestMatch = TimeSpan.FromSeconds(5);

    private static readonly HashSet<string> OfOneHost = new(["Authorization", "Cookie", "Host", "Proxy-Authorization"], StringComparer.OrdinalIgnoreCase);

    private readonly SecretMask _body = new(plan.Secrets);
    private readonly OutputTail _tail = new();
    private readonly OutputCap _cap = new(KeptBody);
    private readonly ArrayBufferWriter<byte> _matched = new();

    /// <summary>Follows nothing and remembers nothing by itself, and goes through no proxy, which would connect where it likes.</summary>
    /// <exception cref="CryptographicException">The authorities are no PEM.</exception>
    public static HttpMessageInvoker Client(HttpPlan plan, ConfigReader saved, Egress egress)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = plan.ConnectTimeout,
            AutomaticDecompression = System.Net.DecompressionMethods.All,
            ActivityHeadersPropagator = null,
            ConnectCallback = (connection, cancellationToken) => egress.ConnectAsync(connection.DnsEndPoint, cancellationToken),
        };
        if (!saved.Bool("tls_verify", true))
        {
#pragma warning disable CA5359 // An administrator asked for exactly this, and the form says what it means.
            handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }
        else if (saved.Bytes("ca_pem") is { Length: > 0 } pem)
        {
            var chain = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            chain.CustomTrustStore.ImportFromPem(Encoding.UTF8.GetString(pem));
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = chain };
        }

        return new HttpMessageInvoker(handler);
    }

    public async Task<JobOutcome> RunAsync()
    {
        var started = time.GetTimestamp();
        using var limit = new CancellationTokenSource(plan.RequestTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.Canceled);
        try
        {
            using var response = await FollowAsync(both.Token);
            await ReadAsync(response, both.Token);
            return Judge(response, Outputs(response, time.GetElapsedTime(started)));
        }
        catch (Exception) when (context.Canceled.IsCancellationRequested)
        {
            return Broken("context canceled", permanent: false);
        }
        catch (Exception) when (limit.IsCancellationRequested)
        {
            return Broken(string.Create(CultureInfo.InvariantCulture, $"no whole answer within {plan.RequestTimeout.TotalSeconds:0.###} s"), permanent: false);
        }
        catch (Exception exception) when (Denied(exception) is { } denied)
        {
            return Broken(denied.Message, permanent: true);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            return Broken(Reason(exception), permanent: false);
        }
        finally
        {
            _cap.Report(context);
        }

        JobOutcome Broken(string why, bool permanent) => JobOutcome.Failed(
            _body.Text(why), permanent, new ValueSet { ["exit_code"] = -1L, ["stdout"] = _tail.Text(), ["stdout_truncated"] = _tail.Truncated, ["duration_ms"] = (long)time.GetElapsedTime(started).TotalMilliseconds });
    }

    private async Task<HttpResponseMessage> FollowAsync(CancellationToken cancellationToken)
    {
        var first = new Uri(plan.Url);
        var (uri, method, withBody) = (first, plan.Method, plan.Body is not null);
        for (var hops = 0; ; hops++)
        {
            egress.Check(uri);
            using var request = Request(uri, method, withBody, isFirstHost: IsSameOrigin(first, uri));
            Say($"> {method} {uri}");
            var response = await client.SendAsync(request, cancellationToken);
            Say(string.Create(CultureInfo.InvariantCulture, $"< {(int)response.StatusCode} {response.ReasonPhrase}"));
            if (plan.Redirects == 0 || (int)response.StatusCode is not (301 or 302 or 303 or 307 or 308) || response.Headers.Location is not { } location)
            {
                return response;
            }

            var status = (int)response.StatusCode;
            response.Dispose();
            if (hops == plan.Redirects)
            {
                throw new CallRefusedException($"redirected more than {Amount(plan.Redirects)}");
            }

            uri = new Uri(uri, location);
            if (uri.Scheme is not ("http" or "https"))
            {
                throw new CallRefusedException($"redirected to {uri.Scheme}:, which is neither http nor https");
            }

            if (HttpPlan.BecomesGet(method, status))
            {
                (method, withBody) = (HttpMethod.Get, false);
            }
        }
    }

    private HttpRequestMessage Request(Uri uri, HttpMethod method, bool withBody, bool isFirstHost)
    {
        var request = new HttpRequestMessage(method, uri) { Content = withBody ? new ByteArrayContent(plan.Body!) : null };
        foreach (var (name, value) in plan.Headers.Where(header => isFirstHost || !OfOneHost.Contains(header.Key)))
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, value);
            }
        }

        if (request.Content is { } content && content.Headers.ContentType is null)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", plan.BodyType);
        }

        if (plan.Authorization is { } authorization && isFirstHost)
        {
            request.Headers.Authorization = authorization;
        }

        return request;
    }

    private async Task ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[16 * 1024];
        int read;
        do
        {
            read = await stream.ReadAsync(buffer, cancellationToken);
            _matched.Write(buffer.AsSpan(0, Math.Min(read, MatchedBody - _matched.WrittenCount)));
            var bytes = _body.Take(buffer.AsSpan(0, read), last: read == 0);
            if (bytes.Length > 0)
            {
                _tail.Add(bytes);
                await context.OutputAsync(OutputStream.Stdout, bytes.AsMemory(0, _cap.Take(OutputStream.Stdout, bytes.Length, out var reached)), cancellationToken);
                if (reached)
                {
                    Say("output limit reached");
                }
            }
        }
        while (read > 0);
    }

    private JobOutcome Judge(HttpResponseMessage response, ValueSet outputs)
    {
        var status = (int)response.StatusCode;
        var text = string.Create(CultureInfo.InvariantCulture, $"{status} {response.ReasonPhrase}").TrimEnd();
        if (!plan.Accepts(status))
        {
            outputs["exit_code"] = (long)status;
            return JobOutcome.Failed(_body.Text($"{text} is not accepted"), !HttpPlan.IsTransient(status), outputs);
        }

        if (Mismatch() is { } mismatch)
        {
            outputs["exit_code"] = (long)status;
            return JobOutcome.Failed(_body.Text($"{text}, but {mismatch}"), permanent: true, outputs);
        }

        return JobOutcome.Succeeded(_body.Text(text), outputs);
    }

    private string? Mismatch()
    {
        if (plan.BodyPattern.Length == 0)
        {
            return null;
        }

        try
        {
            return Regex.IsMatch(Encoding.UTF8.GetString(_matched.WrittenSpan), plan.BodyPattern, RegexOptions.CultureInvariant, LongestMatch) ? null : $"the body does not match {plan.BodyPattern}";
        }
        catch (ArgumentException exception)
        {
            return $"body_regex is not a pattern: {exception.Message}";
        }
        catch (RegexMatchTimeoutException)
        {
            return $"matching {plan.BodyPattern} takes too long";
        }
    }

    private ValueSet Outputs(HttpResponseMessage response, TimeSpan took) => new()
    {
        ["http_status"] = (long)response.StatusCode,
        ["exit_code"] = 0L,
        ["headers"] = Value.Map(response.Headers.Concat(response.Content.Headers).Select(header => KeyValuePair.Create(header.Key, (Value)_body.Text(string.Join(", ", header.Value))))),
        ["stdout"] = _tail.Text(),
        ["stdout_truncated"] = _tail.Truncated,
        ["duration_ms"] = (long)took.TotalMilliseconds,
    };

    private void Say(string line) => context.Output(OutputStream.Stderr, Encoding.UTF8.GetBytes(_body.Text(line) + "\n"));

    private static string Amount(int redirects) => Files.Amount.Of(redirects, "time");

    private static bool IsSameOrigin(Uri one, Uri other) => one.Scheme == other.Scheme && one.IdnHost == other.IdnHost && one.Port == other.Port;

    private static CallRefusedException? Denied(Exception? exception) =>
        exception as CallRefusedException ?? (exception is null ? null : Denied(exception.InnerException));

    /// <summary>The innermost text says what happened; the outer ones that something did.</summary>
    private static string Reason(Exception exception) => exception.InnerException is { } inner && inner.Message != exception.Message ? $"{exception.Message} {Reason(inner)}" : exception.Message;
}
