using BlazorPluginAdmin.Server.Core.Store;

namespace BlazorPluginAdmin.Server.Core.Tests.Store;

public sealed class InMemoryAdminStoreTests : AdminStoreConformance
{
    protected override IAdminStore Store { get; } = new InMemoryAdminStore();

    public override void Dispose() => Store.Dispose();

    protected override void Reopen()
    {
        // It lives as long as its process.
    }
}
