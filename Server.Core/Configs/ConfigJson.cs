using System.Collections.Immutable;
using System.Text.Json;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Server.Core.Configs;

/// <summary>One value of an imported text that belongs to a form.</summary>
/// <param name="Form">As in <see cref="FieldError.Form"/>.</param>
public sealed record ImportedValue(string Form, string Name, ConfigValue Value);

/// <summary>What a text says of a config. Nothing of it is saved yet.</summary>
/// <param name="Values">Of fields that people may change; secrets only if the text names them.</param>
/// <param name="Unknown">Values no field has a place for.</param>
/// <param name="Problems">What cannot be read or may not be changed, each with its place; the rest is still of use.</param>
public sealed record ConfigImport(ImmutableArray<ImportedValue> Values, ImmutableArray<ImportedValue> Unknown, ImmutableArray<string> Problems);

/// <summary>
/// A config as one JSON text, the same that the API takes: for looking, for copying to another admin, for a repository.
/// Numbers of 64 bits are strings, secrets are left out and named.
/// </summary>
public static class ConfigJson
{
    private const string AdminName = "admin_config_values";
    private const string WorkerName = "worker_config_values";
    private const string RuntimeName = "admin_runtime";

    /// <param name="config">Defaults are written down with it, so that the text says all that counts.</param>
    public static string Write(Descriptor descriptor, ConfigDocument config) => JsonText.Write((descriptor, config), static (writer, pair) =>
    {
        var (descriptor, config) = pair;
        writer.WriteStartObject();
        writer.WriteString("job_type", descriptor.JobType);
        writer.WriteNumber("descriptor_version", descriptor.Version);
        Values(writer, AdminName, FormDefaults.AdminForm(descriptor), FormDefaults.Admin(descriptor, config.AdminValues));
        Values(writer, WorkerName, FormDefaults.WorkerForm(descriptor), FormDefaults.Worker(descriptor, config.WorkerValues));
        writer.WritePropertyName(RuntimeName);
        RuntimeSettingsJson.Write(writer, RuntimePolicy.Overlay(config.Runtime, descriptor.RuntimeDefaults));
        writer.WriteStartArray("secrets_left_out");
        foreach (var name in Secrets(AdminName, FormDefaults.AdminForm(descriptor)).Concat(Secrets(WorkerName, FormDefaults.WorkerForm(descriptor))))
        {
            writer.WriteStringValue(name);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }, indented: true);

    /// <summary>Values stand in envelopes or plainly; a mistake in the text itself is told with line and column.</summary>
    public static ConfigImport Read(Descriptor descriptor, string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 256 });
            return !JsonText.IsText(json.RootElement) ? Problem(JsonText.NoText)
                : json.RootElement.ValueKind == JsonValueKind.Object ? Read(descriptor, json.RootElement) : Problem("a config is an object in braces");
        }
        catch (JsonException broken)
        {
            return Problem(text.Trim().Length == 0 ? "there is no text yet" : $"line {(broken.LineNumber ?? 0) + 1}, column {(broken.BytePositionInLine ?? 0) + 1}: this is not valid JSON");
        }
    }

    private static ConfigImport Read(Descriptor descriptor, JsonElement json)
    {
        var values = ImmutableArray.CreateBuilder<ImportedValue>();
        var unknown = ImmutableArray.CreateBuilder<ImportedValue>();
        var problems = ImmutableArray.CreateBuilder<string>();
        if (json.TryGetProperty("job_type", out var type) && type.ValueKind == JsonValueKind.String && type.GetString() != descriptor.JobType)
        {
            problems.Add($"the text is of {type.GetString()}, not of {descriptor.JobType}; fields of the same name are read");
        }

        foreach (var member in json.EnumerateObject())
        {
            switch (member.Name)
            {
                case AdminName:
                    Read(FormDefaults.AdminForm(descriptor), FormKind.Admin, member);
                    break;
                case WorkerName:
                    Read(FormDefaults.WorkerForm(descriptor), FormKind.Worker, member);
                    break;
                case RuntimeName:
                    Read(RuntimeForm.Of(descriptor), FormKind.Runtime, member);
                    break;
                case "job_type" or "descriptor_version" or "version" or "secrets_left_out" or "updated_at" or "updated_by":
                    break;
                default:
                    problems.Add($"{member.Name} is no part of a config");
                    break;
            }
        }

        return new ConfigImport(values.ToImmutable(), unknown.ToImmutable(), problems.ToImmutable());

        void Read(FormSchema form, FormKind kind, JsonProperty part)
        {
            if (part.Value.ValueKind != JsonValueKind.Object)
            {
                problems.Add($"{part.Name} must be an object");
                return;
            }

            var fields = form.Only(FormPart.Config).Fields.GroupBy(field => field.Name, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
            foreach (var member in part.Value.EnumerateObject())
            {
                var field = fields.GetValueOrDefault(member.Name);
                ConfigValue? value;
                if (field is null ? !PlainJson.TryRead(member.Value, out value, out var error) : !PlainJson.TryRead(field, form.Defaults.Find(field.Name), member.Value, out value, out error))
                {
                    problems.Add($"{part.Name}.{member.Name}: {error}");
                }
                else if (field is { ReadOnly: true })
                {
                    // Set by the worker; a text that merely repeats it is no mistake.
                }
                else
                {
                    (field is null && !Equals(form.Defaults.Find(member.Name), value) ? unknown : values).Add(new ImportedValue(FieldError.NameOf(kind), member.Name, value));
                }
            }
        }
    }

    private static ConfigImport Problem(string text) => new([], [], [text]);

    private static void Values(Utf8JsonWriter writer, string name, FormSchema form, ConfigValues values)
    {
        writer.WritePropertyName(name);
        ConfigValueJson.Write(writer, SecretFields.Without(form, values));
    }

    private static IEnumerable<string> Secrets(string part, FormSchema form) => SecretFields.Names(form).Select(name => $"{part}.{name}");
}
