using BlazorPluginAdmin.Components.Forms;
using BlazorPluginAdmin.Components.JobDetails;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Components.JobTypes;

/// <summary>An edit as command lines: one that saves it, one that reads what is saved.</summary>
/// <param name="Remark">What the first one leaves to be known; empty: nothing.</param>
public sealed record ConfigCommands(string Save, string Read, string Remark = "")
{
    /// <param name="web">Pages of this admin, as the person reached them; ends with a slash.</param>
    public static ConfigCommands Curl(string web, ConfigEdit edit)
    {
        var address = $"{web}api/plugin/job-types/{Uri.EscapeDataString(edit.Descriptor.JobType).Replace("'", "%27", StringComparison.Ordinal)}/config";
        return new(
            $"curl -X PUT '{address}?version={edit.Version}' -H 'Content-Type: application/json' --data-binary @- <<'CONFIG'\n{ConfigJson.Write(edit.Descriptor, edit.Result)}\nCONFIG",
            $"curl '{address}'");
    }

    /// <summary>One object for all three forms, as the tool wants it; a secret that is replaced is the shell variable of its name.</summary>
    /// <param name="dial">Its port for workers and tools: host and port.</param>
    public static ConfigCommands Pluginctl(string dial, ConfigEdit edit)
    {
        var (tool, type) = ($"pluginctl --address {CopyLines.Quote(dial)} config", CopyLines.Quote(edit.Descriptor.JobType));
        var replaced = Secrets(edit, slot => slot.SecretReplaced);
        var secrets = string.Concat(replaced.Select(name => $" {CopyLines.Quote($"{name}=")}\"${CopyLines.Variable(name)}\""));
        return new(
            $"{tool} set {type}{secrets} --expect {edit.Version} --file - <<'CONFIG'\n{PlainJson.Write(new ConfigValue.Map(Values(edit)), indented: true)}\nCONFIG",
            $"{tool} get {type}",
            replaced.Count == 0 ? "" : $"Put what you typed into {string.Join(", ", replaced.Select(name => $"${CopyLines.Variable(name)}"))} first; no page shows it again.");
    }

    /// <summary>All that has a field and is no secret, defaults written down; what the worker sets is left to it. A name in two forms is that of the first, as for the tool.</summary>
    private static ConfigValues Values(ConfigEdit edit)
    {
        var (descriptor, result) = (edit.Descriptor, edit.Result);
        var runtime = RuntimePolicy.Overlay(result.Runtime, descriptor.RuntimeDefaults);
        (FormBuffer Form, ConfigValues Values)[] forms =
        [
            (edit.Admin, FormDefaults.Admin(descriptor, result.AdminValues)), (edit.Worker, FormDefaults.Worker(descriptor, result.WorkerValues)), (edit.Runtime, RuntimeForm.Values(runtime)),
        ];
        var said = ConfigValues.From(Secrets(edit, slot => slot.SecretCleared).Select(name => KeyValuePair.Create(name, (ConfigValue)ConfigValue.None.Instance)));
        foreach (var (form, values) in forms.Reverse())
        {
            said = said.Overlay(ConfigValues.From(values.Where(pair => form.Find(pair.Key) is { Field: { IsSecret: false, ReadOnly: false } })));
        }

        return said;
    }

    private static List<string> Secrets(ConfigEdit edit, Func<FieldSlot, bool> which) => [.. edit.Forms.SelectMany(form => form.Slots).Where(which).Select(slot => slot.Field.Name).Distinct()];
}
