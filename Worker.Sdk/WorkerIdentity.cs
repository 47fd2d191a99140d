using System.Globalization;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>A worker's stable id: given, else kept in a file, else made and written there.</summary>
internal static class WorkerIdentity
{
    private static readonly TimeSpan ShortestPingDelay = TimeSpan.FromSeconds(20);

    public static string Find(WorkerOptions options)
    {
        if (options.WorkerId is { } given)
        {
            return given;
        }

        var file = Path.Combine(options.StateDirectory, "worker.id");
        if (File.Exists(file) && File.ReadAllText(file).Trim() is { Length: > 0 } kept)
        {
            return kept;
        }

        var host = new string([.. Environment.MachineName.ToLowerInvariant().Where(char.IsAsciiLetterOrDigit).Take(12)]);
        var made = string.Create(CultureInfo.InvariantCulture, $"w-{host}-{new Random().NextInt64(1L << 32):x8}");
        Directory.CreateDirectory(options.StateDirectory);
        File.WriteAllText(file, made + "\n");
        return made;
    }

    /// <summary>Everything that can be found wrong without a network.</summary>
    public static List<string> Problems(WorkerOptions options, IReadOnlyList<IJobHandler> handlers, string id)
    {
        var problems = new List<string>();
        if (handlers.Count == 0)
        {
            problems.Add("a worker needs at least one handler");
        }

        problems.AddRange(handlers.Where(handler => handler.Descriptor is null).Select(NoDescriptor));
        handlers = [.. handlers.Where(handler => handler.Descriptor is not null)];
        problems.AddRange(handlers.SelectMany(handler => DescriptorRules.Problems(handler.Descriptor)));
        problems.AddRange(handlers.Where(handler => !handler.CanDetect && !handler.CanExecute).Select(handler => $"the handler of {handler.Descriptor.JobType} neither detects nor executes"));
        foreach (var twice in handlers.GroupBy(handler => handler.Descriptor.JobType, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
        {
            problems.Add($"two handlers have the job type {twice.Key}");
        }

        if (id.Length is 0 or > 255 || id.Any(char.IsControl) || string.IsNullOrWhiteSpace(id))
        {
            problems.Add("the worker id must have 1 to 255 printable characters");
        }

        problems.AddRange(WorkerAddress.Split(options.Address).Select(WorkerAddress.Problem).OfType<string>());
        (string Name, TimeSpan Value)[] times =
        [
            (nameof(options.RegistrationTimeout), options.RegistrationTimeout), (nameof(options.RequestTimeout), options.RequestTimeout),
            (nameof(options.ResumeWindow), options.ResumeWindow), (nameof(options.CancelGrace), options.CancelGrace), (nameof(options.DrainGrace), options.DrainGrace),
        ];
        problems.AddRange(times.Where(time => time.Value <= TimeSpan.Zero || time.Value > TimeSpan.FromDays(1)).Select(time => $"{time.Name} must be more than 0 and at most a day"));
        if (options.Channel.KeepAlivePingDelay < ShortestPingDelay)
        {
            problems.Add("the pause between keep-alive pings must be at least 20 s: stricter admins hang up otherwise");
        }

        if (options.TlsCert.Length > 0 != options.TlsKey.Length > 0 || (options.TlsCert.Length > 0 && options.TlsCa.Length == 0))
        {
            problems.Add("the TLS certificate and its key are used together, and with the authority");
        }

        if (options.TokenProblem is { } riddle)
        {
            problems.Add(riddle);
        }

        if (options.ExecutionSlots is < 1 or > 10_000 || options.DetectionSlots is < 1 or > 10_000)
        {
            problems.Add("slots must be 1 to 10,000");
        }

        if (options.HealthPort is < 1 or > 65535)
        {
            problems.Add("the health port must be 1 to 65535");
        }

        foreach (var label in options.Labels.Where(label => label.Key.Length is 0 or > 63))
        {
            problems.Add($"the label key '{label.Key}' must have 1 to 63 characters");
        }

        return problems;
    }

    public static string NoDescriptor(IJobHandler handler) => $"the handler {handler.GetType()} has no descriptor";
}
