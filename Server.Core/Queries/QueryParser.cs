using System.Collections.Immutable;
using System.Text;

namespace BlazorPluginAdmin.Server.Core.Queries;

/// <summary>Text → terms, from left to right. Total: whatever cannot be read becomes an error with its place, the rest is read on.</summary>
internal sealed class QueryParser
{
    private const int LongestQuery = 4000;
    private const int MostTerms = 50;

    private readonly string _text;
    private readonly ImmutableArray<QueryError>.Builder _errors = ImmutableArray.CreateBuilder<QueryError>();
    private readonly List<JobTerm> _terms = [];
    private int _at;

    private QueryParser(string text) => _text = text;

    public static (JobQuery Query, ImmutableArray<QueryError> Errors) Parse(string text)
    {
        if (text.Length > LongestQuery)
        {
            return (JobQuery.Empty, [new QueryError(LongestQuery, text.Length - LongestQuery, $"a query may have {LongestQuery} characters", null)]);
        }

        var parser = new QueryParser(text);
        while (parser.Skip())
        {
            parser.Term();
        }

        return (new JobQuery([.. parser._terms]), parser._errors.ToImmutable());
    }

    private bool Skip()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
        {
            _at++;
        }

        return _at < _text.Length;
    }

    private void Term()
    {
        var start = _at;
        var negated = _text[_at] == '-' && _at + 1 < _text.Length && !char.IsWhiteSpace(_text[_at + 1]);
        _at += negated ? 1 : 0;
        var keyAt = _at;
        var (word, quoted) = Word(stopAtColon: true);
        if (_at < _text.Length && _text[_at] == ':')
        {
            _at++;
            Keyed(start, keyAt, word, negated);
        }
        else if (word.Length > 0)
        {
            Add(JobTerm.Text(word, negated), start);
        }
        else if (!quoted)
        {
            // Something that is no word by itself, such as a comma.
            _at = Math.Max(_at, start + 1);
        }
    }

    private void Keyed(int start, int keyAt, string name, bool negated)
    {
        var valuesAt = _at;
        var values = Values();
        if (QueryKeys.Find(name) is not { } key)
        {
            var nearest = NearestWord.To(name, QueryKeys.All.Select(known => known.Name));
            Error(keyAt, Math.Max(1, name.Length), $"there is no key {name}" + (nearest is null ? "; text with a colon goes into quotes" : $"; did you mean {nearest}?"), nearest);
            return;
        }

        if (values.Count == 0 || values.TrueForAll(value => value.Text.Length == 0))
        {
            Error(start, _at - start, $"{name}: needs a value", null);
            return;
        }

        if (key.Kind is QueryValueKind.Time or QueryValueKind.Priority && values.Count > 1)
        {
            Error(valuesAt, _at - valuesAt, $"{name} takes one range; write 25..75 or another {name}:", null);
            return;
        }

        var wrong = values.Where(value => !IsValue(key, value.Text)).ToList();
        foreach (var (text, at, length) in wrong)
        {
            var nearest = key.Kind == QueryValueKind.Word ? NearestWord.To(text, key.Words) : null;
            Error(at, length, Complaint(key, name, text, nearest), nearest);
        }

        if (wrong.Count == 0)
        {
            Add(new JobTerm(name, [.. values.Select(value => Canonical(key, value.Text)).Distinct(StringComparer.Ordinal)], negated), start);
        }
    }

    private static bool IsValue(QueryKey key, string text) => key.Kind switch
    {
        QueryValueKind.Word => key.Words.Contains(Canonical(key, text)),
        QueryValueKind.Priority => PriorityTerm.Read(text) is not null,
        QueryValueKind.Time => TimeTerm.Read(text, DateTimeOffset.UnixEpoch.AddYears(50)) is not null && !TimeTerm.IsReversed(text),
        _ => true,
    };

    private static string Canonical(QueryKey key, string text) => key.Kind == QueryValueKind.Word ? text.ToLowerInvariant().Replace('-', '_') : text;

    private static string Complaint(QueryKey key, string name, string text, string? nearest) => key.Kind switch
    {
        QueryValueKind.Priority => $"{text} is no priority: write 75, >=75 or 25..75, from 0 to 100",
        QueryValueKind.Time => $"{text} is no time: write <1h, >2d, today, 2026-01-02 or 2026-01-02..2026-01-03",
        _ => nearest is null ? $"{name} is one of {string.Join(", ", key.Words)}" : $"there is no {name} {text}; did you mean {nearest}?",
    };

    /// <summary>Two terms of a key with lists mean the same as one with both lists.</summary>
    private void Add(JobTerm term, int at)
    {
        if (_terms.Count >= MostTerms)
        {
            Error(at, _at - at, $"a query may have {MostTerms} terms", null);
            return;
        }

        var isList = !term.IsText && QueryKeys.Find(term.Key)!.Kind is QueryValueKind.Name or QueryValueKind.Word;
        var place = isList ? _terms.FindIndex(known => known.Key == term.Key && known.IsNegated == term.IsNegated) : _terms.IndexOf(term);
        if (place < 0)
        {
            _terms.Add(term);
        }
        else if (isList)
        {
            _terms[place] = term with { Values = [.. _terms[place].Values.Union(term.Values, StringComparer.Ordinal)] };
        }
    }

    private List<(string Text, int At, int Length)> Values()
    {
        var values = new List<(string, int, int)>();
        while (true)
        {
            var at = _at;
            var (word, quoted) = Word(stopAtColon: false);
            if (word.Length > 0 || quoted)
            {
                values.Add((word, at, _at - at));
            }

            if (_at >= _text.Length || _text[_at] != ',')
            {
                return values;
            }

            _at++;
        }
    }

    /// <summary>Up to a blank or a comma; what is in quotes belongs to it whole.</summary>
    private (string Text, bool Quoted) Word(bool stopAtColon)
    {
        var word = new StringBuilder();
        var quoted = false;
        while (_at < _text.Length && !char.IsWhiteSpace(_text[_at]) && (_text[_at] != ',' || (stopAtColon && word.Length > 0)) && !(stopAtColon && _text[_at] == ':'))
        {
            if (_text[_at] == '"')
            {
                quoted = true;
                Quoted(word);
            }
            else
            {
                word.Append(_text[_at++]);
            }
        }

        return (word.ToString(), quoted);
    }

    private void Quoted(StringBuilder word)
    {
        var start = _at++;
        while (_at < _text.Length && _text[_at] != '"')
        {
            _at += _text[_at] == '\\' && _at + 1 < _text.Length ? 1 : 0;
            word.Append(_text[_at++]);
        }

        if (_at >= _text.Length)
        {
            Error(start, _text.Length - start, "the quote is not closed", _text[start..] + "\"");
            return;
        }

        _at++;
    }

    private void Error(int at, int length, string text, string? instead) => _errors.Add(new QueryError(at, length, text, instead));
}
