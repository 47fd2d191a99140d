using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Store;

namespace BlazorPluginAdmin.Tests.Shared;

/// <summary>What a commit does to the process that asked for it.</summary>
public enum CommitFault
{
    None = 0,

    /// <summary>The process dies; nothing of the commit is durable.</summary>
    LostBefore = 1,

    /// <summary>The process dies; all of the commit is durable.</summary>
    LostAfter = 2,
}

/// <summary>The outcome of a commit is not known.</summary>
public sealed class CommitLostException() : IOException("the write failed");

/// <summary>
/// A store on a disk that can be full and can lose the process in the middle of a commit. Every load opens the store
/// anew, as the next process does.
/// </summary>
public sealed class FaultyStore(Func<IAdminStore> open) : IAdminStore
{
    private IAdminStore _inner = open();

    public FaultyStore()
        : this(Kept(new InMemoryAdminStore())) { }

    public bool IsFull { get; set; }

    /// <summary>Of the next commit only.</summary>
    public CommitFault Next { get; set; }

    /// <summary>Commits that became durable.</summary>
    public int Commits { get; private set; }

    public IAdminHistory History => _inner.History;

    public event Action<IReadOnlyCollection<Server.Core.Jobs.JobId>>? JobsGone
    {
        add => _inner.JobsGone += value;
        remove => _inner.JobsGone -= value;
    }

    public StoredState Load()
    {
        _inner.Dispose();
        _inner = open();
        return _inner.Load();
    }

    public void Commit(IReadOnlyList<Change> changes)
    {
        var fault = Next;
        if (fault == CommitFault.LostBefore)
        {
            Next = CommitFault.None;
            throw new CommitLostException();
        }

        if (IsFull)
        {
            throw new StoreUnavailableException("the disk is full");
        }

        _inner.Commit(changes);
        Commits++;
        if (fault == CommitFault.LostAfter)
        {
            Next = CommitFault.None;
            throw new CommitLostException();
        }
    }

    public void CopyTo(string file, Action<double> copied, CancellationToken cancellationToken) => _inner.CopyTo(file, copied, cancellationToken);

    public void Dispose() => _inner.Dispose();

    private static Func<IAdminStore> Kept(InMemoryAdminStore store) => () => store;
}
