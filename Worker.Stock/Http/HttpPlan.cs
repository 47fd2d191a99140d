using System.Net.Http.Headers;
using System.Text;
using BlazorPluginAdmin.WorkerSdk;

namespace BlazorPluginAdmin.WorkerStock.Http;

/// <summary>A call: what is sent, what counts as accepted, how long it may take.</summary>
public sealed record HttpPlan
{
    private static readonly HashSet<string> FramingHeaders = new(["Content-Length", "Transfer-Encoding", "Connection"], StringComparer.OrdinalIgnoreCase);

    public required HttpMethod Method { get; init; }

    public required string Url { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Null = no body.</summary>
    public byte[]? Body { get; init; }

    public string BodyType { get; init; } = "";

    /// <summary>Null = nobody in particular asks.</summary>
    public AuthenticationHeaderValue? Authorization { get; init; }

    /// <summary>What must appear in no result and no log.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    public IReadOnlyList<string> AcceptedClasses { get; init; } = ["2xx"];

    public IReadOnlyList<long> AcceptedCodes { get; init; } = [];

    /// <summary>Empty = any body.</summary>
    public string BodyPattern { get; init; } = "";

    public TimeSpan RequestTimeout { get; init; }

    public TimeSpan ConnectTimeout { get; init; }

    public int Redirects { get; init; }

    public static HttpPlan Read(ConfigReader config)
    {
        var (body, type) = BodyOf(config);
        var (authorization, secrets) = AuthorizationOf(config);
        return new HttpPlan
        {
            Method = new HttpMethod(config.Text("method", "GET")),
            Url = config.Text("url"),
            Headers = config.Map("headers").Keys.ToDictionary(name => name, name => new ConfigReader(new Dictionary<string, Wire.ConfigValue>(config.Map("headers"))).Text(name), StringComparer.OrdinalIgnoreCase),
            Body = body,
            BodyType = type,
            Authorization = authorization,
            Secrets = secrets,
            AcceptedClasses = config.Texts("accept_status"),
            AcceptedCodes = config.Int64s("accept_codes"),
            BodyPattern = config.Text("body_regex"),
            RequestTimeout = Clamp(config.Duration("request_timeout", TimeSpan.FromSeconds(30)), TimeSpan.FromHours(1)),
            ConnectTimeout = Clamp(config.Duration("connect_timeout", TimeSpan.FromSeconds(10)), TimeSpan.FromSeconds(60)),
            Redirects = (int)Math.Clamp(config.Int64("redirects", 5), 0, 20),
        };
    }

    /// <summary>Why this cannot be called, or null. The admin checks the form too; a job may come from elsewhere.</summary>
    public string? Refusal()
    {
        if (!Uri.TryCreate(Url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            return "the address is not an http or https address";
        }

        if (uri.UserInfo.Length > 0)
        {
            return "the address holds a user or password, which would be shown with it; use the fields of the authentication";
        }

        if (Headers.Keys.FirstOrDefault(FramingHeaders.Contains) is { } framing)
        {
            return $"the header {framing} is set by the worker itself";
        }

        return Headers.Values.Any(value => value.AsSpan().ContainsAny('\r', '\n', '\0')) ? "a header must stay on one line" : null;
    }

    public bool Accepts(int status) => AcceptedCodes.Contains(status) || AcceptedClasses.Contains($"{status / 100}xx");

    /// <summary>Worth trying again by itself.</summary>
    public static bool IsTransient(int status) => status is 408 or 425 or 429 or >= 500;

    /// <summary>As browsers do it: after 303, and after 301 and 302 of a POST, the next request is a GET without body.</summary>
    public static bool BecomesGet(HttpMethod method, int status) => method != HttpMethod.Head && (status == 303 || (status is 301 or 302 && method == HttpMethod.Post));

    private static TimeSpan Clamp(TimeSpan asked, TimeSpan most) => asked < TimeSpan.FromMilliseconds(100) ? TimeSpan.FromMilliseconds(100) : asked > most ? most : asked;

    private static (byte[]? Body, string Type) BodyOf(ConfigReader config) => config.Text("body_kind", "none") switch
    {
        "text" => (Encoding.UTF8.GetBytes(config.Text("body_text")), "text/plain; charset=utf-8"),
        "json" => (JsonBody.Write(config.Map("body_json")), "application/json"),
        "bytes" => (config.Bytes("body_bytes"), "application/octet-stream"),
        _ => (null, ""),
    };

    private static (AuthenticationHeaderValue? Header, IReadOnlyList<string> Secrets) AuthorizationOf(ConfigReader config)
    {
        switch (config.Text("auth", "none"))
        {
            case "basic":
                var pair = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{config.Text("user")}:{config.Text("password")}"));
                return (new AuthenticationHeaderValue("Basic", pair), [config.Text("password"), pair]);
            case "bearer":
                return (new AuthenticationHeaderValue("Bearer", config.Text("token")), [config.Text("token")]);
            default:
                return (null, []);
        }
    }
}
