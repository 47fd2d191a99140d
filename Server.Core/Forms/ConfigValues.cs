using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace BlazorPluginAdmin.Server.Core.Forms;

/// <summary>Named values, ordered by name, equal by content.</summary>
public sealed class ConfigValues : IReadOnlyDictionary<string, ConfigValue>, IEquatable<ConfigValues>
{
    private readonly ImmutableSortedDictionary<string, ConfigValue> _values;

    private ConfigValues(ImmutableSortedDictionary<string, ConfigValue> values) => _values = values;

    public static ConfigValues Empty { get; } = new(ImmutableSortedDictionary.Create<string, ConfigValue>(StringComparer.Ordinal));

    public int Count => _values.Count;

    public IEnumerable<string> Keys => _values.Keys;

    public IEnumerable<ConfigValue> Values => _values.Values;

    public ConfigValue this[string key] => _values[key];

    public static ConfigValues From(IEnumerable<KeyValuePair<string, ConfigValue>> values) =>
        new(ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, values));

    public ConfigValues With(string key, ConfigValue value) => new(_values.SetItem(key, value));

    public ConfigValues Without(string key) => new(_values.Remove(key));

    /// <summary>These values, with the given ones laid over them.</summary>
    public ConfigValues Overlay(ConfigValues top) => top.Count == 0 ? this : new(_values.SetItems(top._values));

    public bool ContainsKey(string key) => _values.ContainsKey(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out ConfigValue value) => _values.TryGetValue(key, out value);

    public ConfigValue? Find(string key) => _values.GetValueOrDefault(key);

    public IEnumerator<KeyValuePair<string, ConfigValue>> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public bool Equals(ConfigValues? other) =>
        other is not null && (ReferenceEquals(this, other) || (Count == other.Count && _values.SequenceEqual(other._values)));

    public override bool Equals(object? obj) => Equals(obj as ConfigValues);

    public override int GetHashCode() => Count;
}
