using System.Globalization;
using BlazorPluginAdmin.Server.Core.Queries;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.Shared;

/// <summary>From when until when: an age that goes with the clock, or two moments in the person's zone.</summary>
public sealed partial class TimeFilter
{
    private const string Usual = "Time";
    private const string Span = "between";
    private const string InputFormat = "yyyy-MM-dd'T'HH:mm";

    /// <summary>The framework's script puts seconds behind what such a box says.</summary>
    private static readonly string[] HandedOver = [InputFormat, InputFormat + "':'ss"];

    private static readonly (string Age, string Words)[] Ages = [("15m", "last 15 min"), ("1h", "last hour"), ("24h", "last 24 h"), ("7d", "last 7 days")];

    private bool _asksForSpan;

    [Parameter]
    [EditorRequired]
    public string Since { get; set; } = "";

    [Parameter]
    [EditorRequired]
    public string Until { get; set; } = "";

    /// <summary>What the times are about, where a page does not go without saying.</summary>
    [Parameter]
    public string What { get; set; } = Usual;

    [Parameter]
    public EventCallback<(string Since, string Until)> OnChosen { get; set; }

    private string Chosen => _asksForSpan || Until.Length > 0 || (Since.Length > 0 && TimeTerm.Age(Since) is null) ? Span : Since;

    /// <summary>An age in words, null when it is none of those that are offered: <c>1h</c> → "last hour".</summary>
    public static string? Last(string age) => Array.Find(Ages, known => known.Age == age).Words;

    /// <summary>The next longer age; null: no limit.</summary>
    public static string? Wider(string age) => Ages.SkipWhile(known => known.Age != age).Skip(1).Select(known => known.Age).FirstOrDefault();

    public void Dispose() => Viewer.Changed -= StateHasChanged;

    protected override void OnInitialized() => Viewer.Changed += StateHasChanged;

    private Task ChooseAsync(ChangeEventArgs change)
    {
        var value = (string?)change.Value ?? "";
        _asksForSpan = value == Span;
        return _asksForSpan ? Task.CompletedTask : OnChosen.InvokeAsync((value, ""));
    }

    private string Local(string text) => TimeTerm.Between(text, "", DateTimeOffset.UnixEpoch) is { From: { } at } && TimeTerm.Age(text) is null
        ? TimeZoneInfo.ConvertTime(at, Viewer.ShownZone).ToString(InputFormat, CultureInfo.InvariantCulture)
        : "";

    /// <summary>Empty: none, or one that is beyond the calendar in another zone.</summary>
    private string Instant(ChangeEventArgs change) => DateTime.TryParseExact((string?)change.Value, HandedOver, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) && local.Year is > 1 and < 9999
        ? new DateTimeOffset(local, Viewer.ShownZone.GetUtcOffset(local)).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture)
        : "";
}
