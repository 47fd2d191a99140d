using System.Collections.Immutable;
using System.Data.Common;
using System.Globalization;
using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Views;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.JobTypes;

/// <summary>The saved versions of a config: look, compare any two, go back to one.</summary>
public sealed partial class VersionsCard : LiveComponent
{
    private const int Shown = 20;

    private readonly SortedSet<long> _picked = [];
    private ImmutableArray<(ConfigDocument Version, int? Changes)> _pairs = [];
    private ConfigDocument? _left;
    private ConfigDocument? _right;
    private string _missing = "";
    private string _problem = "";
    private string _asked = "";
    private long _newest = -1;
    private int _shown = Shown;
    private bool _more;

    [Parameter]
    [EditorRequired]
    public JobTypeView Type { get; set; } = default!;

    /// <summary>A version to compare with <see cref="With"/>, as the address has it; anything else is dropped.</summary>
    [Parameter]
    public string? Selected { get; set; }

    /// <summary>Null: the version in force.</summary>
    [Parameter]
    public string? With { get; set; }

    [Parameter]
    public EventCallback<ConfigDocument> OnRevert { get; set; }

    private string CompareLink => _picked.Count == 2 ? Link(_picked.Min, _picked.Max) : Link(null, null);

    /// <summary>Whether an address names a version by it, be it known or not.</summary>
    public static bool IsVersion(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    protected override Task OnParametersSetAsync() => ReadAsync();

    /// <summary>The form beside it goes on when the store cannot be read.</summary>
    private async Task ReadAsync()
    {
        try
        {
            await ReadNewAsync();
            _problem = "";
        }
        catch (DbException exception)
        {
            (_problem, _newest, _asked) = (exception.Message, -1, "");
        }
    }

    private async Task ReadNewAsync()
    {
        if ((Type.Config?.Version ?? 0) != _newest)
        {
            _newest = Type.Config?.Version ?? 0;
            await LoadAsync();
        }

        if (_asked != $"{Selected} {With} {_newest}")
        {
            _asked = $"{Selected} {With} {_newest}";
            await CompareAsync();
        }
    }

    private Task OlderAsync()
    {
        (_shown, _newest) = (_shown + Shown, -1);
        return ReadAsync();
    }

    /// <summary>One more than is shown, so that the last one shown can say how much it changed.</summary>
    private async Task LoadAsync()
    {
        var versions = await Admin.History.ConfigVersionsAsync(Type.Name, _shown + 1, Gone);
        _more = versions.Length > _shown;
        _pairs =
        [
            .. versions.Take(_shown).Select((version, index) => (version, index + 1 < versions.Length
                ? ConfigDiff.Between(Type.Descriptor, versions[index + 1], version).Length
                : version.Version == 1 ? 0 : (int?)null)),
        ];
    }

    private async Task CompareAsync()
    {
        (_left, _right, _missing) = (null, null, "");
        if (!long.TryParse(Selected, NumberStyles.None, CultureInfo.InvariantCulture, out var left))
        {
            return;
        }

        var right = long.TryParse(With, NumberStyles.None, CultureInfo.InvariantCulture, out var other) ? other : _newest;
        _left = await FindAsync(left);
        _right = await FindAsync(right);
        _missing = _left is null ? $"Version {left} is not known" : _right is null ? $"Version {right} is not known" : "";
    }

    private async Task<ConfigDocument?> FindAsync(long version) => version is <= 0 or long.MaxValue ? null
        : (await Admin.History.ConfigVersionsAsync(Type.Name, 1, Gone, version + 1)).FirstOrDefault(found => found.Version == version);

    private void Pick(long version, bool picked)
    {
        _ = picked ? _picked.Add(version) : _picked.Remove(version);
        if (_picked.Count > 2)
        {
            _picked.Remove(_picked.First(other => other != version));
        }
    }

    private string Link(long? left, long? right) => JobTypeLinks.Version(Type.Name, left, right);

    private void Close() => Navigation.NavigateTo(Link(null, null));

    private Task RevertAsync(ConfigDocument version)
    {
        Close();
        return OnRevert.InvokeAsync(version);
    }
}
