using System.CommandLine;
using BlazorPluginAdmin.Cli.Text;
using BlazorPluginAdmin.Wire.V1;
using Google.Protobuf.WellKnownTypes;
using Option = System.CommandLine.Option;

namespace BlazorPluginAdmin.Cli.Commands;

/// <summary>What may be said of a job that is submitted.</summary>
internal sealed class SubmitOptions
{
    private readonly Option<string[]> _param = new("--param") { Description = "A parameter; its form converts the text. Twice the same name: a list", HelpName = "NAME=VALUE" };
    private readonly Option<string[]> _paramFile = new("--param-file") { Description = "A parameter from a file, - is stdin", HelpName = "NAME=PATH" };
    private readonly Option<string?> _params = new("--params") { Description = "All parameters as a JSON object, from a @file, or from stdin (-)", HelpName = "JSON|@FILE|-" };
    private readonly Option<string?> _timeout = new("--timeout") { Description = "How long an attempt may run", HelpName = "DURATION" };
    private readonly Option<string?> _priority = new("--priority") { Description = "low, normal, high, critical, or 0 to 100", HelpName = "PRIORITY" };
    private readonly Option<string?> _key = new("--key") { Description = "The same key again gives the job it made, instead of another one", HelpName = "KEY" };
    private readonly Option<string?> _dedupeKey = new("--dedupe-key") { Description = "What work it is; refused while a job of the type with the same one has not ended", HelpName = "KEY" };
    private readonly Option<string[]> _label = new("--label") { Description = "A label of the job", HelpName = "NAME=VALUE" };
    private readonly Option<string[]> _require = new("--require") { Description = "A label the worker must have", HelpName = "NAME=VALUE" };
    private readonly Option<string?> _notBefore = new("--not-before") { Description = "Starts at this time, or so long from now", HelpName = "TIME|DURATION" };
    private readonly Option<string?> _ttl = new("--ttl") { Description = "Fails as expired when no worker took it so long after it may start", HelpName = "DURATION" };
    private readonly Option<string?> _deadline = new("--deadline") { Description = "Fails with timeout when it has not ended by then", HelpName = "TIME|DURATION" };
    private readonly Option<int?> _retries = new("--retries") { Description = "Attempts after the first one", HelpName = "N" };
    private readonly Option<string?> _retryBackoff = new("--retry-backoff") { Description = "The pause before the second attempt; each further one is twice as long", HelpName = "DURATION" };
    private readonly Option<string?> _summary = new("--summary") { Description = "What people see in lists", HelpName = "TEXT" };
    private readonly Option<string?> _detail = new("--detail") { Description = "What people see of it in full", HelpName = "TEXT" };
    private readonly Option<bool> _requireWorker = new("--require-worker") { Description = "Refused when no connected worker can take it, instead of waiting for one" };

    public Option<bool> DryRun { get; } = new("--dry-run") { Description = "Checks everything and creates nothing" };

    public SubmitOptions() => _priority.CompletionSources.Add([.. PriorityText.Words]);

    public IEnumerable<Option> All =>
        [_param, _paramFile, _params, _timeout, _priority, _key, _dedupeKey, _label, _require, _notBefore, _ttl, _deadline, _retries, _retryBackoff, _summary, _detail, _requireWorker, DryRun];

    /// <summary>Those that make sense for every job of a schedule.</summary>
    public IEnumerable<Option> OfTemplate => All.Except([_key, _dedupeKey, _notBefore]);

    /// <summary>How long a job of a schedule may wait, and how long until it must have ended.</summary>
    public (Duration? Ttl, Duration? Deadline) Spans(Invocation call) => (call.Duration(_ttl)?.ToDuration(), call.Duration(_deadline)?.ToDuration());

    /// <summary>What a schedule submits; its times are <see cref="Spans"/>.</summary>
    public async Task<SubmitRequest> TemplateAsync(Invocation call, string jobType, JobParameters parameters)
    {
        var request = await RequestAsync(call, jobType, parameters);
        (request.ExpiresAt, request.Deadline, request.DryRun) = (null, null, false);
        return request;
    }

    /// <param name="call">What was given.</param>
    /// <param name="jobType">The job type.</param>
    /// <param name="parameters">What is known of its parameters; those of the options join them.</param>
    /// <exception cref="ToolException">An option is malformed, or a file cannot be read.</exception>
    public async Task<SubmitRequest> RequestAsync(Invocation call, string jobType, JobParameters parameters)
    {
        var request = new SubmitRequest
        {
            JobType = jobType,
            IdempotencyKey = call.Value(_key) ?? "",
            DedupeKey = call.Value(_dedupeKey) ?? "",
            Summary = call.Value(_summary) ?? "",
            Detail = call.Value(_detail) ?? "",
            RequireWorker = call.Value(_requireWorker),
            DryRun = call.Value(DryRun),
            AttemptTimeout = call.Duration(_timeout)?.ToDuration(),
            RetryBackoff = call.Duration(_retryBackoff)?.ToDuration(),
            NotBefore = Ahead(call, _notBefore),
            Deadline = Ahead(call, _deadline),
        };
        if (call.Duration(_ttl) is { } ttl)
            request.ExpiresAt = Timestamp.FromDateTimeOffset((request.NotBefore?.ToDateTimeOffset() ?? call.Now) + ttl);
        if (call.Value(_priority) is { } priority)
            request.Priority = PriorityText.TryRead(priority, out var number) ? number : throw ToolException.Usage($"--priority {priority}: low, normal, high, critical, or 0 to 100");
        if (call.Value(_retries) is { } retries)
            request.RetryLimit = retries;
        Pairs.Fill(request.Labels, call.Value(_label), "--label");
        Pairs.Fill(request.RequireLabels, call.Value(_require), "--require");
        request.ParametersJson = await ParametersAsync(call, parameters);
        return request;
    }

    private async Task<string> ParametersAsync(Invocation call, JobParameters parameters)
    {
        if (call.Value(_params) is { } json)
            parameters.Json(json == "-" || json.StartsWith('@') ? System.Text.Encoding.UTF8.GetString(await BytesAsync(call, "--params", json.TrimStart('@'))) : json);
        foreach (var pair in call.Value(_paramFile) ?? [])
        {
            var (name, path) = Pairs.Split(pair, "--param-file");
            parameters.Bytes(name, await BytesAsync(call, "--param-file", path));
        }

        foreach (var pair in call.Value(_param) ?? [])
            parameters.Pair(pair);
        return parameters.Write();
    }

    private static async Task<byte[]> BytesAsync(Invocation call, string option, string path)
    {
        try
        {
            if (path != "-")
                return await File.ReadAllBytesAsync(path, call.Leave);
            using var content = new MemoryStream();
            await call.Terminal.Input.CopyToAsync(content, call.Leave);
            return content.ToArray();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw ToolException.Usage($"{option}: {exception.Message}");
        }
    }

    private static Timestamp? Ahead(Invocation call, Option<string?> option) => call.Value(option) switch
    {
        null => null,
        var text when InstantText.TryReadAhead(text, call.Now, out var instant) => Timestamp.FromDateTimeOffset(instant),
        var text => throw ToolException.Usage($"{option.Name} {text}: a time like 2030-01-31T06:00Z or a duration like 10m is wanted"),
    };
}
