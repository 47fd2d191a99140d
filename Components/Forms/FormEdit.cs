using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Components.Forms;

/// <summary>What a person did to one field. May hold a secret, so it never leaves the server.</summary>
internal sealed record SlotEdit(string Field, bool Edited, ConfigValue? Value, string? Raw, string RawError);

/// <summary>What a person did to a form, to go back to or to lay over newer values.</summary>
public sealed class FormEdit
{
    public static readonly FormEdit None = new([], []);

    internal FormEdit(ImmutableArray<SlotEdit> slots, ImmutableArray<KeyValuePair<string, ConfigValue?>> others) => (Slots, Others) = (slots, others);

    internal ImmutableArray<SlotEdit> Slots { get; }

    internal ImmutableArray<KeyValuePair<string, ConfigValue?>> Others { get; }

    /// <summary>Fields that were changed.</summary>
    public IEnumerable<string> Fields => Slots.Select(slot => slot.Field).Concat(Others.Select(other => other.Key));
}
