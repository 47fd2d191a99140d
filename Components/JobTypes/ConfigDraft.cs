using BlazorPluginAdmin.Components.Forms;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Components.JobTypes;

/// <summary>What a person changed of a config and has not saved, without secrets: enough to begin the edit again after a lost circuit.</summary>
/// <param name="Version">The version the edit stands on.</param>
/// <param name="Forms">Changes by form.</param>
public sealed record ConfigDraft(long Version, Dictionary<string, FieldsDraft> Forms)
{
    public static ConfigDraft Of(ConfigEdit edit) => new(edit.Version, edit.Forms.ToDictionary(form => FieldError.NameOf(form.Kind), FieldsDraft.Of));

    public void ApplyTo(ConfigEdit edit)
    {
        foreach (var form in edit.Forms)
        {
            Forms.GetValueOrDefault(FieldError.NameOf(form.Kind))?.ApplyTo(form);
        }
    }
}
