using System.Globalization;

namespace BlazorPluginAdmin.WorkerStock.Files;

/// <summary>Numbers as people read them.</summary>
public static class Amount
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB"];

    public static string Of(long count, string one) => string.Create(CultureInfo.InvariantCulture, $"{count} {one}{(count == 1 ? "" : "s")}");

    public static string OfBytes(long bytes)
    {
        var (size, unit) = ((double)bytes, 0);
        while (Math.Abs(size) >= 1024 && unit < Units.Length - 1)
        {
            size /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{size:0.#} {Units[unit]}");
    }
}
