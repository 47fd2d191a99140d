namespace BlazorPluginAdmin.Server.Core.Store;
public sealed class SqliteAdminStore(string path) : IAdminStore { private readonly InMemoryAdminStore _m = new(); public string Path => path; public IAdminHistory History => _m.History; public StoredState Load() => _m.Load(); public void Commit(IReadOnlyList<Engine.Change> changes) => _m.Commit(changes); public void Dispose() => _m.Dispose(); }
