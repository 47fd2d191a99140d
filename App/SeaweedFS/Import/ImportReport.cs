using System.Globalization;
using System.Text;

namespace BlazorPluginAdmin.App.SeaweedFS.Import;

/// <summary>What is counted apart.</summary>
public enum ImportKind
{
    Descriptors,
    Configs,
    Jobs,
    Runs,
    Activities,
    Schedules,
}

/// <summary>What became of each thing in the folder. Texts of the folder are untrusted and are made printable here.</summary>
public sealed class ImportReport
{
    private const int ProblemsShown = 1000;

    private readonly Dictionary<(ImportKind Kind, string JobType), int> _taken = [];
    private readonly Dictionary<ImportKind, (int Same, int Skipped)> _left = [];
    private readonly List<string> _items = [];
    private readonly List<string> _skipped = [];
    private readonly List<string> _warnings = [];

    /// <summary>Files that could be read, whatever was in them.</summary>
    public int FilesRead { get; private set; }

    public IReadOnlyList<string> Skipped => _skipped;

    public IReadOnlyList<string> Warnings => _warnings;

    public int Taken(ImportKind kind) => _taken.Where(pair => pair.Key.Kind == kind).Sum(pair => pair.Value);

    public int Taken(ImportKind kind, string jobType) => _taken.GetValueOrDefault((kind, jobType));

    public int Same(ImportKind kind) => _left.GetValueOrDefault(kind).Same;

    public int Left(ImportKind kind) => _left.GetValueOrDefault(kind).Skipped;

    public void Read() => FilesRead++;

    public void Take(ImportKind kind, string jobType, string item)
    {
        _taken[(kind, jobType)] = Taken(kind, jobType) + 1;
        _items.Add($"{Name(kind)}: {item}");
    }

    /// <summary>It is here already, as it was taken before.</summary>
    public void Keep(ImportKind kind) => _left[kind] = (Same(kind) + 1, Left(kind));

    public void Skip(ImportKind kind, string what, string why)
    {
        _left[kind] = (Same(kind), Left(kind) + 1);
        _skipped.Add($"{what}: {why}");
    }

    public void Warn(string what, string warning) => _warnings.Add($"{what}: {warning}");

    /// <param name="listed">Each thing taken, a line each, before the counts.</param>
    public string Write(bool listed)
    {
        var text = new StringBuilder();
        foreach (var item in listed ? _items : [])
        {
            Line(text, $"  {item}");
        }

        Line(text, $"{"",-16}{"taken",8}{"here already",14}{"skipped",9}");
        foreach (var kind in Enum.GetValues<ImportKind>())
        {
            Line(text, $"{Name(kind),-16}{Taken(kind),8}{Same(kind),14}{Left(kind),9}");
        }

        foreach (var type in _taken.Keys.Select(key => key.JobType).Distinct().Order(StringComparer.Ordinal))
        {
            Line(text, $"{(type.Length > 0 ? type : "(no job type)")}: {string.Join(", ", Enum.GetValues<ImportKind>().Where(kind => Taken(kind, type) > 0).Select(kind => $"{Name(kind)} {Taken(kind, type)}"))}");
        }

        Problems(text, "Skipped", _skipped);
        Problems(text, "Warnings", _warnings);
        return text.ToString();
    }

    private static void Problems(StringBuilder text, string title, List<string> problems)
    {
        if (problems.Count == 0)
        {
            return;
        }

        Line(text, $"{title}: {problems.Count}");
        foreach (var problem in problems.Take(ProblemsShown))
        {
            Line(text, $"  {problem}");
        }

        if (problems.Count > ProblemsShown)
        {
            Line(text, $"  and {problems.Count - ProblemsShown} more");
        }
    }

    private static string Name(ImportKind kind) => kind == ImportKind.Schedules ? "last detections" : kind.ToString().ToLowerInvariant();

    private static void Line(StringBuilder text, FormattableString line)
    {
        foreach (var letter in FormattableString.Invariant(line))
        {
            // A file name must not move the cursor of the terminal that shows it.
            text.Append(char.IsControl(letter) ? string.Create(CultureInfo.InvariantCulture, $"\\x{(int)letter:x2}") : letter.ToString());
        }

        text.Append('\n');
    }
}
