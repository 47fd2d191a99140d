using System.Collections.Immutable;

namespace BlazorPluginAdmin.Server.Core.Logs;

/// <summary>A row of output as it is shown: a line, a part of a long one, or bytes that never came.</summary>
/// <param name="Start">Its first byte, within the text.</param>
/// <param name="Number">Its line, from 1.</param>
/// <param name="Bytes">
/// Without the line end. Of a line that was written over (carriage returns), the last version; at most <see cref="LogRows.Widest"/> bytes.
/// </param>
/// <param name="Continues">The line began in a row above.</param>
/// <param name="Missing">Bytes that never came, in place of a line.</param>
public sealed record LogRow(long Start, long Number, LogStream Stream, DateTimeOffset? At, ImmutableArray<byte> Bytes, bool Continues, long Missing);
