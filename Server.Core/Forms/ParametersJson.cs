using System.Collections.Immutable;
using System.Text.Json;

namespace BlazorPluginAdmin.Server.Core.Forms;

/// <summary>Parameters of a job as one JSON object, the way people and scripts write them: each value in the kind its field wants.</summary>
public static class ParametersJson
{
    /// <summary>Everything that cannot be read comes back as an error; what the values may be is for the form to say.</summary>
    public static (ConfigValues Parameters, ImmutableArray<FieldError> Errors) Read(Descriptor? descriptor, JsonElement json)
    {
        var form = (descriptor is null ? FormSchema.Empty : FormDefaults.WorkerForm(descriptor)).Only(FormPart.Submission);
        if (json.ValueKind != JsonValueKind.Object)
        {
            return (ConfigValues.Empty, [Error("parameters", "parameters are one JSON object")]);
        }

        var values = ConfigValues.Empty;
        var errors = ImmutableArray.CreateBuilder<FieldError>();
        foreach (var member in json.EnumerateObject())
        {
            var field = form.Fields.FirstOrDefault(field => field.Name == member.Name);
            if (field is null ? PlainJson.TryRead(member.Value, out var value, out var problem) : PlainJson.TryRead(field, form.Defaults.Find(field.Name), member.Value, out value, out problem))
            {
                values = values.With(member.Name, value);
            }
            else
            {
                errors.Add(field is null ? Error(member.Name, problem) : FieldError.Of(FormKind.Submission, field, field.Name, FieldErrorCodes.Kind, $"{field.Caption}: {problem}"));
            }
        }

        return (values, errors.ToImmutable());
    }

    private static FieldError Error(string path, string message) => new(FieldError.NameOf(FormKind.Submission), path, FieldErrorCodes.Kind, message);
}
