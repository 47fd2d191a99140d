using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace BlazorPluginAdmin.Components.Live;

/// <summary>
/// Is drawn anew for each address, and its parts with it, so that they may read theirs (<see cref="Shared.Addresses"/>) without
/// asking for parameters of their own.
/// </summary>
public abstract class AddressedComponent : LiveComponent
{
    [Inject]
    protected NavigationManager Navigation { get; set; } = default!;

    protected override void OnInitialized()
    {
        base.OnInitialized();
        Navigation.LocationChanged += OnMoved;
    }

    public override async ValueTask DisposeAsync()
    {
        Navigation.LocationChanged -= OnMoved;
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private void OnMoved(object? sender, LocationChangedEventArgs change) => _ = InvokeAsync(StateHasChanged);
}
