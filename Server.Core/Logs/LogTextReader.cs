namespace BlazorPluginAdmin.Server.Core.Logs;

/// <summary>Reads a text's bytes; the files of its streams stay open until it is disposed.</summary>
public sealed class LogTextReader(LogText text, Func<LogStream, FileStream?> open) : IAsyncDisposable
{
    private readonly Dictionary<LogStream, FileStream?> _files = [];

    /// <summary>Reads up to the end of a piece; 0 at the end of the text.</summary>
    public async Task<int> ReadAsync(long from, Memory<byte> into, CancellationToken cancellationToken)
    {
        if (from >= text.Length)
        {
            return 0;
        }

        var piece = text.Pieces[text.IndexOf(from)];
        var within = from - piece.Start;
        var most = (int)Math.Min(into.Length, piece.Length - within);
        if (!_files.TryGetValue(piece.Stream, out var file))
        {
            _files[piece.Stream] = file = open(piece.Stream);
        }

        if (file is null)
        {
            return 0;
        }

        file.Seek(piece.Offset + within, SeekOrigin.Begin);
        return await file.ReadAtLeastAsync(into[..most], most, throwOnEndOfStream: false, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var file in _files.Values)
        {
            if (file is not null)
            {
                await file.DisposeAsync();
            }
        }
    }
}
