using System.Text.Json;

namespace BlazorPluginAdmin.App.Tests;

/// <summary>Which keys JSON has and what kinds of values, over all elements of its arrays.</summary>
internal sealed class JsonShape
{
    private readonly HashSet<string> _kinds = [];
    private readonly Dictionary<string, (JsonShape Shape, int Seen)> _keys = [];
    private int _objects;
    private JsonShape? _items;

    public static JsonShape Of(params IEnumerable<JsonElement> values)
    {
        var shape = new JsonShape();
        foreach (var value in values)
        {
            shape.Add(value);
        }

        return shape;
    }

    /// <summary>What a client of the other answer would miss or not understand here, and keys that were not agreed on.</summary>
    public IEnumerable<string> Misses(JsonShape theirs, IReadOnlySet<string> ours, string path = "$")
    {
        foreach (var kind in _kinds.Where(kind => theirs._kinds.Count > 0 && !theirs._kinds.Contains(kind) && !(kind == "Array" && theirs._kinds.Contains("Null"))))
        {
            yield return $"{path} is {kind}, theirs is {string.Join(" or ", theirs._kinds)}";
        }

        foreach (var (key, (shape, seen)) in theirs._keys)
        {
            var here = $"{path}.{key}";
            if (!_keys.TryGetValue(key, out var mine))
            {
                yield return $"{here} is missing";
                continue;
            }

            if (seen == theirs._objects && mine.Seen < _objects)
            {
                yield return $"{here} is missing sometimes, theirs is always there";
            }

            foreach (var miss in mine.Shape.Misses(shape, ours, here))
            {
                yield return miss;
            }
        }

        foreach (var key in theirs._objects == 0 ? [] : _keys.Keys.Except(theirs._keys.Keys).Where(key => !ours.Contains($"{path}.{key}")))
        {
            yield return $"{path}.{key} is not one of the agreed additions";
        }

        if (_items is not null && theirs._items is not null)
        {
            foreach (var miss in _items.Misses(theirs._items, ours, $"{path}[]"))
            {
                yield return miss;
            }
        }
    }

    private void Add(JsonElement value)
    {
        _kinds.Add(value.ValueKind is JsonValueKind.True or JsonValueKind.False ? "Boolean" : value.ValueKind.ToString());
        if (value.ValueKind == JsonValueKind.Array)
        {
            _items ??= new JsonShape();
            foreach (var item in value.EnumerateArray())
            {
                _items.Add(item);
            }
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            _objects++;
            foreach (var property in value.EnumerateObject())
            {
                var (shape, seen) = _keys.GetValueOrDefault(property.Name, (new JsonShape(), 0));
                shape.Add(property.Value);
                _keys[property.Name] = (shape, seen + 1);
            }
        }
    }
}
