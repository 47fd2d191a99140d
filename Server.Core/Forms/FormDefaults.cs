namespace BlazorPluginAdmin.Server.Core.Forms;

/// <summary>What a job type's values are before anybody saved any, and the saved ones laid over that.</summary>
public static class FormDefaults
{
    public static ConfigValues Admin(Descriptor? descriptor) => descriptor?.AdminForm?.Defaults ?? ConfigValues.Empty;

    /// <summary>
    /// The defaults of the worker form with the descriptor's own worker values over them: shipped descriptors leave fields out of the latter.
    /// </summary>
    public static ConfigValues Worker(Descriptor? descriptor) => descriptor is null
        ? ConfigValues.Empty
        : (descriptor.WorkerForm?.Defaults ?? ConfigValues.Empty).Overlay(descriptor.WorkerDefaults);

    public static ConfigValues Admin(Descriptor? descriptor, ConfigValues saved) => Admin(descriptor).Overlay(WithoutReadOnly(descriptor?.AdminForm, Set(saved)));

    public static ConfigValues Worker(Descriptor? descriptor, ConfigValues saved) => Worker(descriptor).Overlay(WithoutReadOnly(descriptor?.WorkerForm, Set(saved)));

    /// <summary>The worker form as it is used: its defaults are the ones that really apply.</summary>
    public static FormSchema WorkerForm(Descriptor descriptor) =>
        (descriptor.WorkerForm ?? FormSchema.Empty) with { Defaults = Worker(descriptor) };

    public static FormSchema AdminForm(Descriptor descriptor) => descriptor.AdminForm ?? FormSchema.Empty;

    /// <summary>Without what only the worker sets: that is as the worker says now, and a stored copy of it would go stale.</summary>
    public static ConfigValues WithoutReadOnly(FormSchema? form, ConfigValues values) => form is null
        ? values
        : form.Fields.Where(field => field.ReadOnly).Aggregate(values, (left, field) => left.ContainsKey(field.Name) ? left.Without(field.Name) : left);

    /// <summary>Values without a kind say nothing and must not hide a default.</summary>
    private static ConfigValues Set(ConfigValues values) => values.Values.Any(value => value is ConfigValue.None)
        ? ConfigValues.From(values.Where(pair => pair.Value is not ConfigValue.None))
        : values;
}
