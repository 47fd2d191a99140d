using System.Text;

namespace BlazorPluginAdmin.Cli.Text;

/// <summary>Splits a line into words as a shell would: quotes, backslashes, blanks. Nothing is expanded, and signs such as <c>|</c> mean nothing.</summary>
internal static class CommandLineWords
{
    /// <exception cref="FormatException">A quote is not closed, or the line ends in a backslash.</exception>
    public static IReadOnlyList<string> Split(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var inWord = false;
        for (var index = 0; index < line.Length; index++)
        {
            switch (line[index])
            {
                case ' ' or '\t' or '\n' or '\r':
                    if (inWord)
                        words.Add(word.ToString());
                    word.Clear();
                    inWord = false;
                    break;
                case '\'':
                    var end = line.IndexOf('\'', index + 1);
                    if (end < 0)
                        throw new FormatException("a ' is not closed");
                    word.Append(line, index + 1, end - index - 1);
                    (index, inWord) = (end, true);
                    break;
                case '"':
                    index = Quoted(line, index + 1, word);
                    inWord = true;
                    break;
                case '\\' when index + 1 == line.Length:
                    throw new FormatException("nothing follows the last \\");
                case '\\':
                    index++;
                    if (line[index] != '\n')
                        word.Append(line[index]);
                    inWord |= line[index] != '\n';
                    break;
                default:
                    word.Append(line[index]);
                    inWord = true;
                    break;
            }
        }

        if (inWord)
            words.Add(word.ToString());
        return words;
    }

    /// <summary>Between double quotes a backslash only protects what would mean something there.</summary>
    private static int Quoted(string line, int index, StringBuilder word)
    {
        for (; index < line.Length; index++)
        {
            if (line[index] == '"')
                return index;
            if (line[index] == '\\' && index + 1 < line.Length && line[index + 1] is '"' or '\\' or '$' or '`' or '\n')
            {
                index++;
                if (line[index] == '\n')
                    continue;
            }

            word.Append(line[index]);
        }

        throw new FormatException("a \" is not closed");
    }
}
