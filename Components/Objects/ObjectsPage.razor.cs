using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Observations;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.Objects;

/// <summary>Objects that workers have seen; the URL says which are shown and which one is open.</summary>
public sealed partial class ObjectsPage : LiveComponent
{
    private const int Most = 200;
    private const int AttributesShown = 3;

    private ObservationBook _book = ObservationBook.Empty;

    [SupplyParameterFromQuery]
    private string? Q { get; set; }

    [SupplyParameterFromQuery]
    private string? Format { get; set; }

    [SupplyParameterFromQuery(Name = "object")]
    private string? ObjectKey { get; set; }

    private Observation? Selected => ObjectKey is { } key ? _book.ByKey.GetValueOrDefault(key) : null;

    private IEnumerable<string> Formats => _book.ByKey.Values.Select(observation => observation.Format).Where(format => format.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase).Take(100);

    private List<Observation> Shown => [.. _book.Of(Format).Where(Matches)];

    internal static string Name(Observation observation) => Words.Visible(string.Join(" / ", observation.ObjectId));

    protected override void OnInitialized()
    {
        base.OnInitialized();
        _book = Follow(Observations.Newest, book =>
        {
            _book = book;
            return Task.CompletedTask;
        });
    }

    private static string Main(Observation observation) =>
        string.Join(" · ", observation.Attributes.Take(AttributesShown).Select(pair => $"{pair.Key} {Text(pair.Value)}"))
        + (observation.Attributes.Count > AttributesShown ? " …" : "");

    private static string Text(ConfigValue value) => value is ConfigValue.Text text ? text.Value : ConfigValueText.Exact(value);

    private bool Matches(Observation observation) => string.IsNullOrEmpty(Q)
        || observation.ObjectId.Append(observation.Kind).Append(observation.Worker.Value).Concat(observation.Attributes.Keys).Concat(observation.Attributes.Values.Select(Text))
            .Any(text => text.Contains(Q, StringComparison.OrdinalIgnoreCase));

    private void Go(string name, string? value) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter(name, string.IsNullOrEmpty(value) ? null : value));
}
