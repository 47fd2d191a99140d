using System.Collections.Immutable;
using System.Text.Json;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Security;

namespace BlazorPluginAdmin.Server.Core.Store;

/// <summary>
/// Secrets lie in columns of their own: beside the other values, a JSON object of name → sealed value. What a person or a worker writes
/// can therefore never be taken for a sealed value, and rows from before there were any read on as they are. Types without
/// secrets cost one look into a dictionary.
/// </summary>
/// <param name="box">Null: nothing is sealed, and what is does not open.</param>
internal sealed class SealedValues(ISecretBox? box)
{
    // Written on the engine's thread only. Opening asks the row, not this.
    private ImmutableDictionary<string, Names> _names = ImmutableDictionary<string, Names>.Empty;

    public bool Seals => box is not null;

    /// <summary>From now on these are the type's secrets.</summary>
    /// <returns>It has any.</returns>
    public bool Learn(Descriptor descriptor)
    {
        var names = new Names([.. SecretFields.Names(descriptor.AdminForm)], [.. SecretFields.Names(descriptor.WorkerForm)]);
        _names = names.IsEmpty ? _names.Remove(descriptor.JobType) : _names.SetItem(descriptor.JobType, names);
        return !names.IsEmpty;
    }

    /// <summary>The values to be written in the clear, and the sealed ones; null: none are.</summary>
    public (ConfigValues Open, string? Sealed) Close(string jobType, FormKind form, ConfigValues values, string? alreadySealed = null)
    {
        if (box is null || values.Count == 0 || !_names.TryGetValue(jobType, out var names))
        {
            return (values, alreadySealed);
        }

        Dictionary<string, string>? closed = null;
        foreach (var name in names.Of(form))
        {
            // That there is none is no secret, and most jobs leave theirs empty.
            if (values.Find(name) is { } value && !FieldKinds.IsEmpty(value))
            {
                closed ??= alreadySealed is null ? [] : Read(alreadySealed);
                closed[name] = box.Seal(Purpose(jobType, form, name), JsonText.Write(value, static (writer, value) => ConfigValueJson.Write(writer, value)));
                values = values.Without(name);
            }
        }

        return (values, closed is null ? alreadySealed : JsonSerializer.Serialize(closed));
    }

    /// <summary>All values; what does not open is missing and told.</summary>
    public ConfigValues Open(string jobType, FormKind form, ConfigValues open, string? sealedValues, Action<string>? lost = null)
    {
        if (sealedValues is null)
        {
            return open;
        }

        var values = open;
        foreach (var (name, text) in Read(sealedValues))
        {
            if (box?.Open(Purpose(jobType, form, name), text) is { } json && TryRead(json) is { } value)
            {
                values = values.With(name, value);
            }
            else
            {
                lost?.Invoke(name);
            }
        }

        return values;
    }

    private static ConfigValue? TryRead(string json)
    {
        using var document = JsonDocument.Parse(json, ConfigValueJson.ReadOptions);
        return ConfigValueJson.TryRead(document.RootElement, out ConfigValue? value, out _) ? value : null;
    }

    private static Dictionary<string, string> Read(string json) => JsonSerializer.Deserialize<Dictionary<string, string>>(json)!;

    private static string Purpose(string jobType, FormKind form, string field) => $"{jobType}/{FieldError.NameOf(form)}/{field}";

    /// <summary>Parameters of jobs are named by the worker form, whichever of its sections asks for them.</summary>
    private sealed record Names(ImmutableArray<string> Admin, ImmutableArray<string> Worker)
    {
        public bool IsEmpty => Admin.IsEmpty && Worker.IsEmpty;

        public ImmutableArray<string> Of(FormKind form) => form == FormKind.Admin ? Admin : Worker;
    }
}
