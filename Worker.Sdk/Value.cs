using System.Collections;
using BlazorPluginAdmin.Wire;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>A value of one of the protocol's kinds. Plain C# values convert by themselves: <c>outputs["exit_code"] = 0L</c>.</summary>
public readonly struct Value : IEquatable<Value>
{
    private readonly ConfigValue? _wire;

    private Value(ConfigValue wire) => _wire = wire;

    /// <summary>The value as the protocol carries it.</summary>
    public ConfigValue Wire => _wire ?? new ConfigValue();

    /// <summary>Takes a value of the protocol as it is.</summary>
    public static Value From(ConfigValue wire) => new(wire);

    /// <summary>A nested list.</summary>
    public static Value List(IEnumerable<Value> values) => new(new ConfigValue { ListValue = new ValueList { Values = { values.Select(value => value.Wire) } } });

    /// <summary>A nested map.</summary>
    public static Value Map(IEnumerable<KeyValuePair<string, Value>> fields)
    {
        var map = new ValueMap();
        foreach (var (name, value) in fields)
        {
            map.Fields[name] = value.Wire;
        }

        return new(new ConfigValue { MapValue = map });
    }

    /// <summary>A boolean.</summary>
    public static implicit operator Value(bool value) => new(new ConfigValue { BoolValue = value });

    /// <summary>A 64-bit integer.</summary>
    public static implicit operator Value(long value) => new(new ConfigValue { Int64Value = value });

    /// <summary>A double.</summary>
    public static implicit operator Value(double value) => new(new ConfigValue { DoubleValue = value });

    /// <summary>A text.</summary>
    public static implicit operator Value(string value) => new(new ConfigValue { StringValue = value });

    /// <summary>Bytes.</summary>
    public static implicit operator Value(byte[] value) => new(new ConfigValue { BytesValue = ByteString.CopyFrom(value) });

    /// <summary>A duration.</summary>
    public static implicit operator Value(TimeSpan value) => new(new ConfigValue { DurationValue = Duration.FromTimeSpan(value) });

    /// <summary>A list of texts.</summary>
    public static implicit operator Value(string[] values) => new(new ConfigValue { StringList = new StringList { Values = { values } } });

    /// <summary>A list of 64-bit integers.</summary>
    public static implicit operator Value(long[] values) => new(new ConfigValue { Int64List = new Int64List { Values = { values } } });

    /// <summary>A list of doubles.</summary>
    public static implicit operator Value(double[] values) => new(new ConfigValue { DoubleList = new DoubleList { Values = { values } } });

    /// <summary>A list of booleans.</summary>
    public static implicit operator Value(bool[] values) => new(new ConfigValue { BoolList = new BoolList { Values = { values } } });

    /// <inheritdoc/>
    public bool Equals(Value other) => Wire.Equals(other.Wire);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Value other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Wire.GetHashCode();

    /// <summary>Same kind and content.</summary>
    public static bool operator ==(Value left, Value right) => left.Equals(right);

    /// <summary>Another kind or content.</summary>
    public static bool operator !=(Value left, Value right) => !left.Equals(right);

    /// <inheritdoc/>
    public override string ToString() => Wire.ToString();
}

/// <summary>Named values.</summary>
public sealed class ValueSet : IEnumerable<KeyValuePair<string, Value>>
{
    private readonly Dictionary<string, Value> _values = new(StringComparer.Ordinal);

    /// <summary>The value of that name; reading one that is not there throws.</summary>
    public Value this[string name]
    {
        get => _values[name];
        set => _values[name] = value;
    }

    /// <summary>Number of values.</summary>
    public int Count => _values.Count;

    /// <summary>True when there is a value of that name.</summary>
    public bool Contains(string name) => _values.ContainsKey(name);

    /// <summary>Adds or replaces; makes collection initialisers work.</summary>
    public void Add(string name, Value value) => _values[name] = value;

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, Value>> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal void CopyTo(Google.Protobuf.Collections.MapField<string, ConfigValue> target)
    {
        foreach (var (name, value) in _values)
        {
            target[name] = value.Wire;
        }
    }
}
