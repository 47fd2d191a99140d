using System.Collections.Concurrent;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Sessions;

namespace BlazorPluginAdmin.App.Gateway;

/// <summary>Session → connection.</summary>
public sealed class WorkerConnections : IWorkerLink
{
    private readonly ConcurrentDictionary<SessionId, WorkerConnection> _connections = new();

    public int Count => _connections.Count;

    public void Add(WorkerConnection connection) => _connections[connection.Session] = connection;

    public void Remove(WorkerConnection connection) => _connections.TryRemove(connection.Session, out _);

    public bool TrySend(SessionId session, Outbound message) => _connections.TryGetValue(session, out var connection) && connection.TrySend(message);

    public void Close(SessionId session, SessionEnd end)
    {
        if (_connections.TryGetValue(session, out var connection))
        {
            connection.Close(end);
        }
    }
}
