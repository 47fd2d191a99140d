using System.Globalization;
using BlazorPluginAdmin.Wire;
using Google.Protobuf;
using Kind = BlazorPluginAdmin.Wire.ConfigValue.KindOneofCase;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>
/// Reads values by name from several layers: job parameter, then saved value, then descriptor default. Kinds are coerced
/// where nothing is lost (an integer for a double, <c>"30s"</c> for a duration, a comma text for a list); a value of a
/// wrong kind counts as absent and is remembered in <see cref="Warnings"/>, never an exception.
/// </summary>
public sealed class ConfigReader
{
    private const int MostWarnings = 100;
    private const NumberStyles WholeNumber = NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite;

    private readonly IReadOnlyList<IDictionary<string, ConfigValue>> _layers;
    private readonly Lock _gate = new();
    private readonly List<string> _warnings = [];

    /// <param name="layers">First one wins.</param>
    public ConfigReader(params IReadOnlyList<IDictionary<string, ConfigValue>> layers) => _layers = layers;

    /// <summary>Saved values over the defaults of a job type, in the order in which its admin lays them: the worker defaults of the descriptor over those of its form.</summary>
    internal static ConfigReader Saved(JobTypeDescriptor descriptor, IDictionary<string, ConfigValue> worker, IDictionary<string, ConfigValue> admin) =>
        new(worker, admin, descriptor.WorkerDefaultValues, descriptor.WorkerConfigForm?.DefaultValues ?? [], descriptor.AdminConfigForm?.DefaultValues ?? []);

    /// <summary>A reader with one more layer on top.</summary>
    public ConfigReader Under(IDictionary<string, ConfigValue> top) => new([top, .. _layers]);

    /// <summary>What was stored in a kind that could not be used: each text once, however often it is read, and the first 100 of them.</summary>
    public IReadOnlyList<string> Warnings
    {
        get
        {
            lock (_gate)
            {
                return [.. _warnings];
            }
        }
    }

    /// <summary>True when some layer has a value of that name.</summary>
    public bool Has(string name) => _layers.Any(layer => layer.ContainsKey(name));

    /// <summary>The value of the first layer that has it, as the protocol carries it.</summary>
    public ConfigValue? Raw(string name) => _layers.Select(layer => layer.TryGetValue(name, out var value) ? value : null).FirstOrDefault(value => value is not null);

    /// <summary>A text; numbers, booleans, durations (<c>90s</c>, <c>0.25s</c>) and lists of texts are written out.</summary>
    public string Text(string name, string otherwise = "") => Read(name, otherwise, value => value.KindCase switch
    {
        Kind.StringValue => value.StringValue,
        Kind.Int64Value => value.Int64Value.ToString(CultureInfo.InvariantCulture),
        Kind.DoubleValue => NumberText.Of(value.DoubleValue),
        Kind.DurationValue => DurationText.Of(value.DurationValue),
        Kind.BoolValue => value.BoolValue ? "true" : "false",
        Kind.StringList => string.Join(",", value.StringList.Values),
        _ => null,
    });

    /// <summary>A 64-bit integer; of a duration the whole seconds it has.</summary>
    public long Int64(string name, long otherwise = 0) => ReadValue(name, otherwise, value => value.KindCase switch
    {
        Kind.Int64Value => value.Int64Value,
        Kind.DoubleValue when Math.Abs(value.DoubleValue) < 1L << 53 && Math.Floor(value.DoubleValue) == value.DoubleValue => (long)value.DoubleValue,
        Kind.StringValue when long.TryParse(value.StringValue, WholeNumber, CultureInfo.InvariantCulture, out var number) => number,
        Kind.DurationValue when value.DurationValue.Nanos == 0 => value.DurationValue.Seconds,
        _ => (long?)null,
    });

    /// <summary>A double; of a duration its seconds.</summary>
    public double Double(string name, double otherwise = 0) => ReadValue(name, otherwise, value => value.KindCase switch
    {
        Kind.DoubleValue when double.IsFinite(value.DoubleValue) => value.DoubleValue,
        Kind.Int64Value when (Int128)(double)value.Int64Value == value.Int64Value => value.Int64Value,
        Kind.StringValue when double.TryParse(value.StringValue, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) => number,
        Kind.DurationValue => value.DurationValue.Seconds + (value.DurationValue.Nanos / 1e9),
        _ => (double?)null,
    });

    /// <summary>A boolean.</summary>
    public bool Bool(string name, bool otherwise = false) => ReadValue(name, otherwise, value => value.KindCase switch
    {
        Kind.BoolValue => value.BoolValue,
        Kind.StringValue when bool.TryParse(value.StringValue, out var yes) => yes,
        _ => (bool?)null,
    });

    /// <summary>Bytes; a text is read as UTF-8.</summary>
    public byte[] Bytes(string name) => Read(name, [], value => value.KindCase switch
    {
        Kind.BytesValue => value.BytesValue.ToByteArray(),
        Kind.StringValue => ByteString.CopyFromUtf8(value.StringValue).ToByteArray(),
        _ => null,
    });

    /// <summary>A duration; plain numbers are seconds, texts as <c>30s</c>, <c>10m</c>, <c>1h30m</c>, <c>250ms</c>.</summary>
    public TimeSpan Duration(string name, TimeSpan otherwise = default) => ReadValue(name, otherwise, value => value.KindCase switch
    {
        Kind.DurationValue => Span(value.DurationValue),
        Kind.Int64Value => DurationText.Seconds(value.Int64Value),
        Kind.DoubleValue => DurationText.Seconds(value.DoubleValue),
        Kind.StringValue => DurationText.Parse(value.StringValue),
        _ => null,
    });

    /// <summary>A list of texts; a plain text is split at commas.</summary>
    public IReadOnlyList<string> Texts(string name) => Read<IReadOnlyList<string>>(name, [], value => value.KindCase switch
    {
        Kind.StringList => [.. value.StringList.Values],
        Kind.StringValue => value.StringValue.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        Kind.ListValue when value.ListValue.Values.All(item => item.KindCase == Kind.StringValue) => [.. value.ListValue.Values.Select(item => item.StringValue)],
        _ => null,
    });

    /// <summary>A list of 64-bit integers.</summary>
    public IReadOnlyList<long> Int64s(string name) => Read<IReadOnlyList<long>>(name, [], value => value.KindCase switch
    {
        Kind.Int64List => [.. value.Int64List.Values],
        Kind.ListValue when value.ListValue.Values.All(item => item.KindCase == Kind.Int64Value) => [.. value.ListValue.Values.Select(item => item.Int64Value)],
        _ => null,
    });

    /// <summary>A map; its fields can be read by a reader of its own.</summary>
    public IReadOnlyDictionary<string, ConfigValue> Map(string name) => Read<IReadOnlyDictionary<string, ConfigValue>>(
        name, new Dictionary<string, ConfigValue>(), value => value.KindCase == Kind.MapValue ? new Dictionary<string, ConfigValue>(value.MapValue.Fields, StringComparer.Ordinal) : null);

    private static TimeSpan? Span(Google.Protobuf.WellKnownTypes.Duration duration) => DurationText.Seconds(duration.Seconds) + TimeSpan.FromTicks(duration.Nanos / 100);

    private T Read<T>(string name, T otherwise, Func<ConfigValue, T?> convert)
        where T : class
    {
        foreach (var layer in _layers)
        {
            if (layer.TryGetValue(name, out var value) && value.KindCase != Kind.None)
            {
                if (convert(value) is { } converted)
                {
                    return converted;
                }

                Warn($"{name} is stored as {value.KindCase}, which cannot be used; the default is");
            }
        }

        return otherwise;
    }

    private void Warn(string warning)
    {
        lock (_gate)
        {
            if (_warnings.Count < MostWarnings && !_warnings.Contains(warning, StringComparer.Ordinal))
            {
                _warnings.Add(warning);
            }
        }
    }

    private T ReadValue<T>(string name, T otherwise, Func<ConfigValue, T?> convert)
        where T : struct
    {
        var read = Read<object>(name, otherwise, value => convert(value));
        return (T)read;
    }
}
