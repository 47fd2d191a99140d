using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Engine;

namespace BlazorPluginAdmin.Server.Core.Observations;

/// <summary>Some rows of an object, as text; <see cref="TotalRows"/> is what the worker says the object has.</summary>
public sealed record ObjectPreview(ImmutableArray<string> Columns, ImmutableArray<ImmutableArray<string>> Rows, long TotalRows);

/// <summary>Objects that workers have seen. They live in memory alone, past the engine: nothing is decided by them.</summary>
public interface IObservations
{
    Feed<ObservationBook> Newest { get; }

    /// <summary>
    /// Asks the worker that described the object for rows of it. A limit that is not positive or above 200 means 200.
    /// A refusal says why there are none; the worker has 30 s. It is work for a worker, so who may control those may ask.
    /// </summary>
    Task<Reply<ObjectPreview>> PreviewAsync(Actor by, ImmutableArray<string> objectId, string format, int rowLimit, CancellationToken cancellationToken);
}
