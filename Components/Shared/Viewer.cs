using System.Globalization;

namespace BlazorPluginAdmin.Components.Shared;

/// <summary>The person's choices in this circuit. Changed here, they are kept by the browser and show at once. Circuit's thread only.</summary>
public sealed class Viewer
{
    public ViewerSettings Settings { get; private set; } = new();

    /// <summary>The browser's zone; UTC until it is known.</summary>
    public TimeZoneInfo Zone { get; private set; } = TimeZoneInfo.Utc;

    /// <summary>The zone that this person reads and writes times in.</summary>
    public TimeZoneInfo ShownZone => Settings.Time == TimeMode.Utc ? TimeZoneInfo.Utc : Zone;

    /// <summary>What the browser's clock is ahead of the admin's.</summary>
    public TimeSpan Skew { get; private set; }

    /// <summary>Hands names and values to the browser, which keeps them as cookies. Set by the frame.</summary>
    internal Func<string[][], Task> KeepAsync { get; set; } = _ => Task.CompletedTask;

    /// <summary>Raised on the circuit's thread.</summary>
    public event Action? Changed;

    /// <summary>What the request of the page said.</summary>
    public void Load(ViewerSettings settings)
    {
        Zone = settings.Zone == Settings.Zone ? Zone : Zones.Find(settings.Zone);
        Settings = settings;
        Changed?.Invoke();
    }

    /// <summary>What the browser said of its clock.</summary>
    public void Learn(string zone, TimeSpan offset, TimeSpan skew)
    {
        Zone = Zones.Find(zone, offset);
        Settings = Settings with { Zone = zone };
        Skew = skew;
        Changed?.Invoke();
    }

    /// <summary>Rows of a page, as a select says them; a number that is not offered changes nothing.</summary>
    public Task ChooseRowsAsync(object? rows) =>
        int.TryParse(rows as string, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && ViewerSettings.PageSizes.Contains(size) ? ChooseAsync(Settings with { PageSize = size }) : Task.CompletedTask;

    public async Task ChooseAsync(ViewerSettings settings)
    {
        var changed = settings.Cookies.Except(Settings.Cookies).Select(cookie => new[] { cookie.Name, cookie.Value }).ToArray();
        Load(settings);
        await KeepAsync(changed);
    }
}
