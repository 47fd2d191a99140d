namespace BlazorPluginAdmin.Components.Explorer;

/// <summary>
/// Answers of a store may overtake each other: one that was asked for earlier than the last one that was taken is out of date,
/// and would stay when nothing changes any more. Used on the circuit's thread.
/// </summary>
public sealed class NewestAnswer
{
    private int _asked;
    private int _taken;

    /// <summary>The answer, and whether it is newer than what was taken before.</summary>
    public async Task<(bool IsNewest, T Answer)> OfAsync<T>(Task<T> asking)
    {
        var mine = ++_asked;
        var answer = await asking;
        var isNewest = mine > _taken;
        _taken = Math.Max(_taken, mine);
        return (isNewest, answer);
    }
}
