namespace BlazorPluginAdmin.App.Hosting;

/// <summary>How much the body of a request may have: more where it holds the parameters of a job.</summary>
internal static class BodyLimit
{
    private const long Usual = 1024 * 1024;
    private const long Submission = 4 * Usual;

    public static long Of(HttpRequest request) => Submits(request.Path) ? Submission : Usual;

    /// <summary>What is said to a request with more. A submission that is too large is refused as one that is wrong in another way.</summary>
    public static (int Status, string Error) Refusal(HttpRequest request) => Submits(request.Path)
        ? (StatusCodes.Status400BadRequest, "a submission may have 4 MiB")
        : (StatusCodes.Status413PayloadTooLarge, "request bodies may have 1 MiB");

    private static bool Submits(PathString path) => path.StartsWithSegments("/api/plugin/jobs", StringComparison.Ordinal, out var rest)
        ? rest.Value is "" or "/" or "/execute" || rest.Value!.EndsWith("/retry", StringComparison.Ordinal)
        : path.StartsWithSegments("/api/plugin/groups", StringComparison.Ordinal) || path.StartsWithSegments("/api/plugin/schedules", StringComparison.Ordinal);
}
