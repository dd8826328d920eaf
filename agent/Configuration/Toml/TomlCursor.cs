using System.Text;

namespace Agent.Configuration.Toml;

/// <summary>Walks over the text of a document and counts lines and columns on the way.</summary>
internal sealed class TomlCursor
{
    /// <summary>Stands for "no character": the end of the document.</summary>
    public const int End = -1;

    private readonly string _text;
    private int _index;
    private int _line = 1;
    private int _column = 1;

    /// <exception cref="TomlException">The bytes are not UTF-8.</exception>
    public TomlCursor(ReadOnlySpan<byte> utf8)
    {
        if (utf8.StartsWith("\uFEFF"u8))
            utf8 = utf8[3..];
        try
        {
            _text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(utf8);
        }
        catch (DecoderFallbackException)
        {
            throw InvalidUtf8(utf8);
        }
    }

    public TomlPosition Position => new(_line, _column);

    /// <summary>The next UTF-16 unit, or <see cref="End"/>.</summary>
    public int Current => Peek(0);

    public int Peek(int ahead) => _index + ahead < _text.Length ? _text[_index + ahead] : End;

    public bool StartsWith(string text) => string.CompareOrdinal(_text, _index, text, 0, text.Length) == 0;

    /// <summary>True before a line feed, alone or after a carriage return.</summary>
    public bool AtNewline => Current == '\n' || (Current == '\r' && Peek(1) == '\n');

    /// <summary>Takes the next unit; at the end of the document there must be none taken.</summary>
    public char Take()
    {
        var taken = _text[_index++];
        if (taken == '\n')
        {
            _line++;
            _column = 1;
        }
        else if (!char.IsLowSurrogate(taken))
        {
            _column++;
        }
        return taken;
    }

    public bool TryTake(char wanted)
    {
        if (Current != wanted)
            return false;
        Take();
        return true;
    }

    public bool TryTake(string wanted)
    {
        if (!StartsWith(wanted))
            return false;
        for (var taken = 0; taken < wanted.Length; taken++)
            Take();
        return true;
    }

    public bool TryTakeNewline()
    {
        if (!AtNewline)
            return false;
        if (Take() == '\r')
            Take();
        return true;
    }

    public void SkipBlanks()
    {
        while (Current is ' ' or '\t')
            Take();
    }

    /// <summary>Skips a comment, if one begins here, up to the end of its line.</summary>
    public void SkipComment()
    {
        if (Current != '#')
            return;
        while (Current != End && !AtNewline)
        {
            if (IsForbidden(Current))
                throw Unexpected("no control characters in a comment");
            Take();
        }
    }

    /// <summary>Skips blanks, comments and line ends, as TOML allows between the elements of an array.</summary>
    public void SkipLines()
    {
        do
        {
            SkipBlanks();
            SkipComment();
        }
        while (TryTakeNewline());
    }

    /// <summary>Control characters other than tab may not stand in comments and strings (TOML 1.0, "Comment" and "String").</summary>
    public static bool IsForbidden(int unit) => unit is (>= 0 and < ' ' and not '\t') or 0x7F;

    public TomlException Unexpected(string expected) => new(Position, $"expected {expected}, found {TomlText.Describe(CodePoint())}");

    private int CodePoint() =>
        Current != End && char.IsHighSurrogate((char)Current) && Peek(1) != End ? char.ConvertToUtf32((char)Current, (char)Peek(1)) : Current;

    private static TomlException InvalidUtf8(ReadOnlySpan<byte> utf8)
    {
        var (line, column) = (1, 1);
        while (Rune.DecodeFromUtf8(utf8, out var rune, out var length) == System.Buffers.OperationStatus.Done)
        {
            (line, column) = rune.Value == '\n' ? (line + 1, 1) : (line, column + 1);
            utf8 = utf8[length..];
        }
        var found = utf8.IsEmpty ? "nothing" : $"the byte 0x{utf8[0]:X2}";
        return new TomlException(new TomlPosition(line, column), $"expected text in UTF-8, found {found}");
    }
}
