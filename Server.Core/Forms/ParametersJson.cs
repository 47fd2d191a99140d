using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace BlazorPluginAdmin.Server.Core.Forms;

/// <summary>Values of a form as one JSON object, the way people and scripts write them: each value in the kind its field wants.</summary>
public static class ParametersJson
{
    /// <summary>Parameters of a job. Everything that cannot be read comes back as an error; what the values may be is for the form to say.</summary>
    public static (ConfigValues Parameters, ImmutableArray<FieldError> Errors) Read(Descriptor? descriptor, JsonElement json) =>
        Read((descriptor is null ? FormSchema.Empty : FormDefaults.WorkerForm(descriptor)).Only(FormPart.Submission), FormKind.Submission, json);

    /// <summary>Values of any form. A name it does not have keeps the kind that its JSON shows.</summary>
    public static (ConfigValues Values, ImmutableArray<FieldError> Errors) Read(FormSchema form, FormKind kind, JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            return (ConfigValues.Empty, [Error("parameters", "parameters are one JSON object")]);
        }

        var values = ConfigValues.Empty;
        var errors = ImmutableArray.CreateBuilder<FieldError>();
        foreach (var member in json.EnumerateObject())
        {
            if (!JsonText.IsNamed(member))
            {
                errors.Add(Error("parameters", $"a name in it: {JsonText.NoText}"));
                continue;
            }

            var field = form.Fields.FirstOrDefault(field => field.Name == member.Name);
            if (field is null ? PlainJson.TryRead(member.Value, out var value, out var problem) : TryRead(form, field, member.Value, out value, out problem))
            {
                values = values.With(member.Name, value);
            }
            else
            {
                errors.Add(field is null ? Error(member.Name, problem) : FieldError.Of(kind, field, field.Name, FieldErrorCodes.Kind, $"{field.Caption}: {(field.IsSecret ? "the value does not have the kind that is wanted" : problem)}"));
            }
        }

        return (values, errors.ToImmutable());
    }

    /// <summary>A command line has only texts: <c>true</c> and <c>["a"]</c> are what they spell where their field wants that.</summary>
    private static bool TryRead(FormSchema form, FieldSchema field, JsonElement json, [NotNullWhen(true)] out ConfigValue? value, out string problem)
    {
        var otherwise = form.Defaults.Find(field.Name);
        if (JsonText.IsText(json) && FieldKinds.Of(field, otherwise) == ConfigKind.Map && ConfigValueJson.EnvelopeKind(json) is not (ConfigKind.None or ConfigKind.Map))
        {
            // An object with such a single name would be one too, but is far likelier a text where an object belongs.
            (value, problem) = (null, "expected an object, like {\"NAME\": \"value\"}");
            return false;
        }

        if (PlainJson.TryRead(field, otherwise, json, out value, out problem))
        {
            return true;
        }

        if (json.ValueKind != JsonValueKind.String || !JsonText.IsText(json))
        {
            return false;
        }

        try
        {
            using var spelled = JsonDocument.Parse(json.GetString()!, ConfigValueJson.ReadOptions);
            return PlainJson.TryRead(field, otherwise, spelled.RootElement, out value, out _);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static FieldError Error(string path, string message) => new(FieldError.NameOf(FormKind.Submission), path, FieldErrorCodes.Kind, message);
}
