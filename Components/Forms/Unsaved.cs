namespace BlazorPluginAdmin.Components.Forms;

/// <summary>What would be lost on the page that is open: leaving asks once for all its forms. One for each circuit, on its own thread.</summary>
public sealed class Unsaved
{
    private readonly List<LeaveGuard> _guards = [];

    /// <summary>Those with changes, in the order of the page.</summary>
    public IReadOnlyList<LeaveGuard> Forms => [.. _guards.Where(guard => guard.Holds)];

    public void Join(LeaveGuard guard) => _guards.Add(guard);

    public void Leave(LeaveGuard guard) => _guards.Remove(guard);
}
