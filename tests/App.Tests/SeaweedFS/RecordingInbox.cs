using System.Threading.Channels;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.App.Tests.SeaweedFS;

/// <summary>Where an engine would be.</summary>
internal sealed class RecordingInbox : IClusterInbox
{
    private readonly Channel<ClusterInput> _inputs = Channel.CreateUnbounded<ClusterInput>();

    /// <summary>Nothing was reported that the test has not taken.</summary>
    public bool IsEmpty => _inputs.Reader.Count == 0;

    public ValueTask PostAsync(ClusterInput input, CancellationToken cancellationToken) => _inputs.Writer.WriteAsync(input, cancellationToken);

    /// <summary>The next report, which must be of that kind.</summary>
    public async Task<T> NextAsync<T>()
        where T : ClusterInput => Assert.IsType<T>(await _inputs.Reader.ReadAsync().AsTask().InTimeAsync($"a {typeof(T).Name}"));
}
