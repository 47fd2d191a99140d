using System.Collections.Immutable;

namespace BlazorPluginAdmin.Components.Shared;

/// <summary>
/// Keys as a person likes them: pairs that changed places, so that no key ever means two things. What is not in it is where
/// it always was.
/// </summary>
public sealed record KeyMap
{
    public static readonly KeyMap Usual = new();

    private const int MostPairs = 40;

    private ImmutableSortedDictionary<char, char> Places { get; init; } = ImmutableSortedDictionary<char, char>.Empty;

    public bool IsUsual => Places.IsEmpty;

    /// <param name="text">Two characters a pair: the usual key and the one pressed for it. What is no such text is the usual map.</param>
    public static KeyMap Read(string text)
    {
        var pairs = text.Chunk(2).Where(pair => pair is [var usual, var pressed] && CanBe(usual) && CanBe(pressed)).Take(MostPairs).ToList();
        var places = pairs.DistinctBy(pair => pair[0]).ToImmutableSortedDictionary(pair => pair[0], pair => pair[1]);
        return places.Keys.SequenceEqual(places.Values.Order()) ? new KeyMap { Places = places } : Usual;
    }

    /// <summary>One printable character that is no blank.</summary>
    public static bool CanBe(char key) => key is > ' ' and < '\u007f';

    /// <summary>What is pressed for a key, or for keys after each other: <c>g j</c>.</summary>
    public string Pressed(string keys) => string.Join(' ', keys.Split(' ').Select(key => key is [var one] ? Places.GetValueOrDefault(one, one).ToString() : key));

    /// <summary>The key is pressed by another one from now on, and what that did moves to where this was.</summary>
    public KeyMap Swap(char usual, char pressed)
    {
        var before = Places.GetValueOrDefault(usual, usual);
        var other = Places.FirstOrDefault(place => place.Value == pressed) is { Key: not '\0' } found ? found.Key : pressed;
        var places = Places.SetItem(other, before).SetItem(usual, pressed);
        return new KeyMap { Places = places.RemoveRange([.. places.Where(place => place.Key == place.Value).Select(place => place.Key)]) };
    }

    public bool Equals(KeyMap? other) => other is not null && Places.SequenceEqual(other.Places);

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    public override string ToString() => string.Concat(Places.Select(place => $"{place.Key}{place.Value}"));
}
