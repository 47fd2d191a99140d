using System.Collections.Immutable;

namespace BlazorPluginAdmin.Server.Core.Forms;

/// <summary>Fields that share a card. Sections named <c>job</c> or <c>job.*</c> of a worker form are the submit form.</summary>
public sealed record SectionSchema(string Id, string Title, string Description, ImmutableArray<FieldSchema> Fields)
{
    public bool IsSubmitForm => Id == "job" || Id.StartsWith("job.", StringComparison.Ordinal);
}

/// <summary>Which sections of a form are meant: those of the config, those of the submit form, or both.</summary>
public enum FormPart
{
    All,
    Config,
    Submission,
}

/// <summary>The declarative UI of one set of values.</summary>
public sealed record FormSchema(
    string Id, string Title, string Description, ImmutableArray<SectionSchema> Sections, ConfigValues Defaults)
{
    public static readonly FormSchema Empty = new("", "", "", [], ConfigValues.Empty);

    /// <summary>Names whose values a worker once called secret and does not any more, or that have left the form: their values are not shown.</summary>
    public ImmutableSortedSet<string> OnceSecret { get; init; } = [];

    public bool IsOnceSecret(string name) => OnceSecret.Contains(name);

    public IEnumerable<FieldSchema> Fields => Sections.SelectMany(section => section.Fields);

    /// <summary>The kind this field stores; of a list it is the default value that tells the kind of the elements.</summary>
    public ConfigKind KindOf(FieldSchema field) => FieldKinds.Of(field, Defaults.Find(field.Name));

    /// <summary>The same form with only the sections of one part.</summary>
    public FormSchema Only(FormPart part) => part switch
    {
        FormPart.All => this,
        FormPart.Config => this with { Sections = [.. Sections.Where(section => !section.IsSubmitForm)] },
        FormPart.Submission => this with { Sections = [.. Sections.Where(section => section.IsSubmitForm)] },
        _ => throw new ArgumentOutOfRangeException(nameof(part)),
    };
}
