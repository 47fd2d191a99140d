using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace BlazorPluginAdmin.App.Tests;

/// <summary>
/// What can be reached from some objects. The heap as a whole says little after a huge message: the buffers it went
/// through are pooled per thread and given back later. What the admin itself holds on to says all.
/// </summary>
internal static class Reach
{
    private const int Large = 1024 * 1024;

    private static readonly string[] Ours = ["BlazorPluginAdmin", "System.Collections", "System.Threading.Channels", "Google.Protobuf"];

    private static readonly ConcurrentDictionary<Type, FieldInfo[]> Fields = [];

    /// <summary>Texts and arrays of more than a million elements, with the type and field that hold them.</summary>
    public static IEnumerable<string> LargeThings(params object[] roots)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var open = new Stack<(object Thing, string Holder)>(roots.Select(root => (root, "root")));
        while (open.TryPop(out var next))
        {
            var (thing, holder) = next;
            if (!thing.GetType().IsValueType && !seen.Add(thing))
            {
                continue;
            }

            if (thing is string { Length: > Large } or Array { Length: > Large })
            {
                yield return $"{thing.GetType().Name} in {holder}";
            }
            else if (thing is Array array)
            {
                foreach (var item in array.GetType().GetElementType()!.IsPrimitive ? [] : array.Cast<object?>())
                {
                    Push(item, holder);
                }
            }
            else
            {
                foreach (var field in Fields.GetOrAdd(thing.GetType(), FieldsOf))
                {
                    Push(field.GetValue(thing), $"{thing.GetType().Name}.{field.Name}");
                }
            }
        }

        void Push(object? thing, string holder)
        {
            if (thing is string or Array || (thing is not null && IsOurs(thing.GetType())))
            {
                open.Push((thing, holder));
            }
        }
    }

    private static bool IsOurs(Type type) =>
        typeof(ITuple).IsAssignableFrom(type) || Ours.Any(name => type.Namespace?.StartsWith(name, StringComparison.Ordinal) == true);

    private static FieldInfo[] FieldsOf(Type type) =>
    [
        .. Bases(type)
            .SelectMany(level => level.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(field => !field.FieldType.IsPointer && !field.FieldType.IsByRefLike && !field.FieldType.IsPrimitive && !field.FieldType.IsEnum),
    ];

    private static IEnumerable<Type> Bases(Type type)
    {
        for (var level = type; level is not null && level != typeof(object); level = level.BaseType)
        {
            yield return level;
        }
    }
}
