using System.Data.Common;
using System.Reflection;
using BlazorPluginAdmin.Server.Core.Store;

namespace BlazorPluginAdmin.Components.Tests.Live;

/// <summary>A history whose store cannot be read while a test says so.</summary>
public class BrokenHistory : DispatchProxy
{
    private IAdminHistory _inner = default!;

    public bool IsBroken { get; set; }

    public static (IAdminHistory History, BrokenHistory Switch) Of(IAdminStore store)
    {
        var history = Create<IAdminHistory, BrokenHistory>();
        var its = (BrokenHistory)(object)history;
        its._inner = store.History;
        return (history, its);
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        IsBroken ? throw new UnreadableException() : targetMethod!.Invoke(_inner, BindingFlags.DoNotWrapExceptions, null, args, null);

    private sealed class UnreadableException() : DbException("the disk is not there");
}
