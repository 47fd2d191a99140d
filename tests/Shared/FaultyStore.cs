using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Store;

namespace BlazorPluginAdmin.Tests.Shared;

/// <summary>The in-memory store on a disk that can be full.</summary>
public sealed class FaultyStore : IAdminStore
{
    private readonly InMemoryAdminStore _inner = new();

    public bool IsFull { get; set; }

    public IAdminHistory History => _inner.History;

    public StoredState Load() => _inner.Load();

    public void Commit(IReadOnlyList<Change> changes)
    {
        if (IsFull)
        {
            throw new StoreUnavailableException("the disk is full");
        }

        _inner.Commit(changes);
    }

    public void Dispose() => _inner.Dispose();
}
