using System.Collections.Frozen;

namespace BlazorPluginAdmin.Server.Core.Forms;

/// <summary>
/// Which fields show for a set of values. A hidden controller hides its dependants; fields in a cycle always show,
/// because nobody could ever reach them otherwise.
/// </summary>
public sealed class FieldVisibility
{
    private readonly Dictionary<string, FieldSchema> _fields;
    private readonly ConfigValues _values;
    private readonly FrozenSet<string> _cyclic;
    private readonly Dictionary<string, bool> _known = new(StringComparer.Ordinal);

    private FieldVisibility(FormSchema form, ConfigValues values)
    {
        _fields = ByName(form);
        _values = values;
        _cyclic = CyclicFields(form);
    }

    public static FieldVisibility Of(FormSchema form, ConfigValues values) => new(form, values);

    public bool IsVisible(FieldSchema field)
    {
        if (_known.TryGetValue(field.Name, out var known))
            return known;
        // Recursion ends: outside cycles every step goes to another field.
        var visible = field.VisibleWhenField.Length == 0
            || _cyclic.Contains(field.Name)
            || !_fields.TryGetValue(field.VisibleWhenField, out var controller)
            || (IsVisible(controller) && Matches(controller, field.VisibleWhenEquals));
        _known[field.Name] = visible;
        return visible;
    }

    /// <summary>The names of fields whose visibility leads back to themselves.</summary>
    public static FrozenSet<string> CyclicFields(FormSchema form)
    {
        var fields = ByName(form);
        var cyclic = new HashSet<string>(StringComparer.Ordinal);
        foreach (var start in fields.Values)
        {
            var at = Controller(start);
            for (var steps = 0; at is not null && !ReferenceEquals(at, start) && steps < fields.Count; steps++)
                at = Controller(at);
            if (ReferenceEquals(at, start))
                cyclic.Add(start.Name);
        }
        return cyclic.ToFrozenSet(StringComparer.Ordinal);

        FieldSchema? Controller(FieldSchema field) => fields.GetValueOrDefault(field.VisibleWhenField);
    }

    private bool Matches(FieldSchema controller, ConfigValue? wanted)
    {
        var value = _values.Find(controller.Name);
        // An untouched switch reads "off".
        if (value is null or ConfigValue.None && controller.Type == FieldType.Bool)
            value = new ConfigValue.Bool(false);
        if (value is not null && FieldKinds.IsList(value.Kind) && (wanted is null || !FieldKinds.IsList(wanted.Kind)))
            return FieldKinds.ElementsOf(value).Any(element => Same(element, wanted));
        return Same(value, wanted);
    }

    private static bool Same(ConfigValue? value, ConfigValue? wanted) =>
        Equals(value, wanted) || ConfigValueText.Exact(value) == ConfigValueText.Exact(wanted);

    private static Dictionary<string, FieldSchema> ByName(FormSchema form)
    {
        var fields = new Dictionary<string, FieldSchema>(StringComparer.Ordinal);
        foreach (var field in form.Fields)
            fields.TryAdd(field.Name, field);
        return fields;
    }
}
