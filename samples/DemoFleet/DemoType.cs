using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.Samples.DemoFleet;

/// <summary>How a job of the demo goes wrong.</summary>
/// <param name="Chance">0–1, per attempt.</param>
/// <param name="Text">What it says; <c>{n}</c> becomes a number that differs each time.</param>
/// <param name="Permanent">Not tried again.</param>
internal sealed record Mishap(double Chance, string Text, bool Permanent = false);

/// <summary>A job type of the demo, as data: what it is called, how long it takes, what it says meanwhile, how it fails.</summary>
/// <param name="Seconds">Shortest and longest time an attempt takes.</param>
/// <param name="Found">How many proposals a detection makes; 0 = the type does not detect.</param>
/// <param name="Objects">What the jobs work on; <c>{n}</c> becomes a number.</param>
internal sealed record DemoType(
    string Name, string DisplayName, string Icon, string Description, (double Least, double Most) Seconds, (int Least, int Most) Found, int Limit, int PerWorker, int Weight,
    IReadOnlyList<string> Stages, IReadOnlyList<string> Objects, IReadOnlyList<Mishap> Mishaps)
{
    public static readonly IReadOnlyList<DemoType> All =
    [
        new("transcode", "Transcode video", "fa-globe", "Turns uploads into the renditions players ask for.", (18, 75), (4, 12), 24, 2, 90,
            ["probe", "decode", "encode 1080p", "encode 720p", "package"], ["lecture-{n}.mov", "match-{n}.mkv", "interview-{n}.mp4"],
            [new(.05, "encoder exited with code 137: out of memory at frame {n}"), new(.02, "probe: unsupported pixel format in 'clip-{n}.mov'", Permanent: true)]),
        new("thumbnail", "Thumbnails", "fa-fingerprint", "Previews for everything that was uploaded.", (1, 4), (30, 90), 30, 4, 80,
            ["fetch", "render", "store"], ["photo-{n}.jpg", "cover-{n}.png", "slide-{n}.pdf"],
            [new(.03, "store: PUT /previews/{n}.webp answered 503 SlowDown")]),
        new("backup", "Back up volumes", "fa-shield-alt", "Copies volumes to the other site and reads them back.", (25, 90), (3, 8), 6, 1, 70,
            ["snapshot", "copy", "verify"], ["volume {n} of orders", "volume {n} of media", "volume {n} of mail"],
            [new(.12, "copy: connection to 10.4.{n}.17:7070 was reset after 4.1 GiB"), new(.02, "verify: checksum of block {n} differs")]),
        new("index_rebuild", "Rebuild search index", "fa-balance-scale", "Merges segments of the search index.", (40, 120), (1, 3), 3, 1, 60,
            ["read segments", "merge", "swap"], ["index tenant-{n}"], [new(.04, "merge: no space left on device while writing segment {n}")]),
        new("report", "Monthly report", "fa-code", "Numbers for people; asked for, never detected.", (6, 20), (0, 0), 8, 2, 50,
            ["query", "render", "mail"], ["report {n} for sales", "report {n} for support"], [new(.15, "query: statement timeout after 30 s (tenant {n})")]),
    ];

    public void Set(AdminRuntimeDefaults runtime)
    {
        runtime.Enabled = Found.Most > 0;
        runtime.DetectionIntervalMinutes = 1;
        runtime.DetectionTimeoutSeconds = 30;
        runtime.MaxJobsPerDetection = 100;
        runtime.GlobalExecutionConcurrency = Limit;
        runtime.PerWorkerExecutionConcurrency = PerWorker;
        runtime.RetryLimit = 2;
        runtime.RetryBackoffSeconds = 15;
        runtime.ExecutionTimeoutSeconds = 600;
    }
}
