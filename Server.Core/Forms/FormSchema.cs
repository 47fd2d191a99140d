using System.Collections.Immutable;

namespace BlazorPluginAdmin.Server.Core.Forms;

/// <summary>Fields that share a card. Sections named <c>job</c> or <c>job.*</c> of a worker form are the submit form.</summary>
public sealed record SectionSchema(string Id, string Title, string Description, ImmutableArray<FieldSchema> Fields)
{
    public bool IsSubmitForm => Id == "job" || Id.StartsWith("job.", StringComparison.Ordinal);
}

/// <summary>The declarative UI of one set of values.</summary>
public sealed record FormSchema(
    string Id, string Title, string Description, ImmutableArray<SectionSchema> Sections, ConfigValues Defaults)
{
    public static readonly FormSchema Empty = new("", "", "", [], ConfigValues.Empty);

    public IEnumerable<FieldSchema> Fields => Sections.SelectMany(section => section.Fields);
}
