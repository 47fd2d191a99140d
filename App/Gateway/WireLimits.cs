namespace BlazorPluginAdmin.App.Gateway;

/// <summary>Bounds on everything a worker says. Beyond them texts are cut and counts are truncated, never an exception.</summary>
public static class WireLimits
{
    public const int WorkerId = 255;
    public const int JobType = 64;

    /// <summary>Request, job and work ids. Ours are shorter; a longer one can only be somebody else's.</summary>
    public const int Id = 255;
    public const int ShortText = 1024;
    public const int Title = 200;
    public const int Message = 4_000;
    public const int ErrorText = 16_384;
    public const int Metadata = 64;
    public const int MetadataValue = 4_000;
    public const int Labels = 64;
    public const int LabelValue = 256;
    public const int Capabilities = 256;
    public const int RunningWork = 10_000;
    public const int Values = 512;
    public const int Nesting = 16;
    public const int Activities = 100;
    public const int DedupeKey = 512;

    /// <summary>Output of an attempt as values, in serialised bytes.</summary>
    public const int ResultSize = 1024 * 1024;

    /// <summary>Parameters of one job, in serialised bytes.</summary>
    public const int ParametersSize = 4 * 1024 * 1024;

    /// <summary>Details of one activity, or metrics of one report, in characters.</summary>
    public const int DetailsSize = 64 * 1024;

    public const string NameRule = "1 to 64 (an id: 255) of A-Z a-z 0-9 _ . - are a name";

    public const int LogChunk = 32 * 1024;

    /// <summary>From the opening of a stream to its hello.</summary>
    public static readonly TimeSpan Handshake = TimeSpan.FromSeconds(5);

    /// <summary>Messages that may wait for a worker that does not read.</summary>
    public const int Outbox = 1024;

    /// <summary>How long one flush to a worker may take.</summary>
    public static readonly TimeSpan SlowReader = TimeSpan.FromSeconds(5);

    /// <summary>Job types and job ids stand in paths and labels, so they are made of few characters.</summary>
    public static bool IsName(string text, int longest) => text.Length > 0 && text.Length <= longest && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '.' or '-');

    public static string Cut(string text, int most) => text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];
}
