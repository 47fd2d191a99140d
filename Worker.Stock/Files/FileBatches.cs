using System.Security.Cryptography;
using System.Text;

namespace BlazorPluginAdmin.WorkerStock.Files;

/// <summary>How many files one job may be given.</summary>
internal sealed class BatchLimit(int mostFiles, double mostMib)
{
    private const double Mib = 1024 * 1024;

    // The list of files is a parameter of the job, and those have a limit.
    private const int LongestList = 2 * 1024 * 1024;
    private const int ListedFile = 80;

    private int _files;
    private double _bytes;
    private int _list;

    /// <summary>False when the batch is full; a first file always fits.</summary>
    public bool Takes(string path, long size)
    {
        _bytes += size;
        _list += ListedFile + (path.Length * 6);
        return _files++ == 0 || (_files <= mostFiles && _list <= LongestList && _bytes <= mostMib * Mib);
    }
}

/// <summary>What tells the batch of one segment of one root on one worker from every other, so that batches never overlap.</summary>
internal static class BatchKey
{
    private const int Longest = 512;

    public static string Of(string jobType, string workerId, string root, string segment)
    {
        var key = $"{jobType}:{workerId}:{root}#{segment}";
        return key.Length <= Longest ? key : $"{jobType}:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))}";
    }
}
