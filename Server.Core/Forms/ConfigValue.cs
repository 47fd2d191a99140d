using System.Collections.Immutable;

namespace BlazorPluginAdmin.Server.Core.Forms;

/// <summary>The kinds a value can have. Numbers equal the wire's field numbers.</summary>
public enum ConfigKind
{
    None = 0,
    Bool = 1,
    Int64 = 2,
    Double = 3,
    Text = 4,
    Bytes = 5,
    Duration = 6,
    TextList = 7,
    Int64List = 8,
    DoubleList = 9,
    BoolList = 10,
    List = 11,
    Map = 12,
}

/// <summary>A value of one of the wire's twelve kinds. Equality is by content, also inside lists and maps.</summary>
public abstract record ConfigValue
{
    private ConfigValue() { }

    public abstract ConfigKind Kind { get; }

    public sealed record Bool(bool Value) : ConfigValue
    {
        public override ConfigKind Kind => ConfigKind.Bool;
    }

    public sealed record Int64(long Value) : ConfigValue
    {
        public override ConfigKind Kind => ConfigKind.Int64;
    }

    public sealed record Double(double Value) : ConfigValue
    {
        public override ConfigKind Kind => ConfigKind.Double;
    }

    public sealed record Text(string Value) : ConfigValue
    {
        public override ConfigKind Kind => ConfigKind.Text;
    }

    public sealed record Bytes(ImmutableArray<byte> Value) : ConfigValue
    {
        public override ConfigKind Kind => ConfigKind.Bytes;

        public bool Equals(Bytes? other) => other is not null && Value.AsSpan().SequenceEqual(other.Value.AsSpan());

        public override int GetHashCode() => Value.Length;
    }

    /// <summary>Seconds and nanoseconds as on the wire: a foreign worker may ask for spans of 68 years and for nanoseconds.</summary>
    public sealed record Duration(long Seconds, int Nanos) : ConfigValue
    {
        public override ConfigKind Kind => ConfigKind.Duration;

        public static Duration From(TimeSpan span) =>
            new(span.Ticks / TimeSpan.TicksPerSecond, (int)(span.Ticks % TimeSpan.TicksPerSecond) * 100);

        /// <summary>The span, saturated at what <see cref="TimeSpan"/> can hold.</summary>
        public TimeSpan Span => Seconds >= TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerSecond ? TimeSpan.MaxValue
            : Seconds <= TimeSpan.MinValue.Ticks / TimeSpan.TicksPerSecond ? TimeSpan.MinValue
            : new TimeSpan((Seconds * TimeSpan.TicksPerSecond) + (Nanos / 100));
    }

    public sealed record TextList(ImmutableArray<string> Values) : ConfigValue
    {
        public override ConfigKind Kind => ConfigKind.TextList;

        public bool Equals(TextList? other) => other is not null && Values.AsSpan().SequenceEqual(other.Values.AsSpan());

        public override int GetHashCode() => Values.Length;
    }

    public sealed record Int64List(ImmutableArray<long> Values) : ConfigValue
    {
        public override ConfigKind Kind => ConfigKind.Int64List;

        public bool Equals(Int64List? other) => other is not null && Values.AsSpan().SequenceEqual(other.Values.AsSpan());

        public override int GetHashCode() => Values.Length;
    }

    public sealed record DoubleList(ImmutableArray<double> Values) : ConfigValue
    {
        public override ConfigKind Kind => ConfigKind.DoubleList;

        public bool Equals(DoubleList? other) => other is not null && Values.AsSpan().SequenceEqual(other.Values.AsSpan());

        public override int GetHashCode() => Values.Length;
    }

    public sealed record BoolList(ImmutableArray<bool> Values) : ConfigValue
    {
        public override ConfigKind Kind => ConfigKind.BoolList;

        public bool Equals(BoolList? other) => other is not null && Values.AsSpan().SequenceEqual(other.Values.AsSpan());

        public override int GetHashCode() => Values.Length;
    }

    public sealed record List(ImmutableArray<ConfigValue> Values) : ConfigValue
    {
        public override ConfigKind Kind => ConfigKind.List;

        public bool Equals(List? other) => other is not null && Values.AsSpan().SequenceEqual(other.Values.AsSpan());

        public override int GetHashCode() => Values.Length;
    }

    public sealed record Map(ConfigValues Fields) : ConfigValue
    {
        public override ConfigKind Kind => ConfigKind.Map;
    }

    /// <summary>A value whose kind was not set on the wire.</summary>
    public sealed record None : ConfigValue
    {
        public static readonly None Instance = new();

        public override ConfigKind Kind => ConfigKind.None;
    }
}
