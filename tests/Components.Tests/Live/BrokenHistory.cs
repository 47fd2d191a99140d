using System.Collections.Concurrent;
using System.Data.Common;
using System.Reflection;
using BlazorPluginAdmin.Server.Core.Store;

namespace BlazorPluginAdmin.Components.Tests.Live;

/// <summary>A history whose store cannot be read while a test says so, and that notes what it was asked.</summary>
public class BrokenHistory : DispatchProxy
{
    private IAdminHistory _inner = default!;

    public bool IsBroken { get; set; }

    /// <summary>What alone cannot be read while it is broken; empty: nothing can.</summary>
    public string Only { get; set; } = "";

    /// <summary>Answers in place of the store; null: not this method.</summary>
    public Func<string, object?>? Instead { get; set; }

    /// <summary>Methods and their arguments, in the order they were called.</summary>
    public ConcurrentQueue<(string Method, object?[] Arguments)> Asked { get; } = new();

    /// <summary>How often a method was called.</summary>
    public int Count(string method) => Asked.Count(call => call.Method == method);

    public static (IAdminHistory History, BrokenHistory Switch) Of(IAdminStore store)
    {
        var history = Create<IAdminHistory, BrokenHistory>();
        var its = (BrokenHistory)(object)history;
        its._inner = store.History;
        return (history, its);
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var method = targetMethod!.Name;
        Asked.Enqueue((method, args ?? []));
        return Instead?.Invoke(method)
            ?? (IsBroken && (Only.Length == 0 || Only == method) ? throw new UnreadableException() : targetMethod.Invoke(_inner, BindingFlags.DoNotWrapExceptions, null, args, null));
    }

    private sealed class UnreadableException() : DbException("the disk is not there");
}
