using System.Text;
using Agent.Configuration.Toml;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Configuration.Toml;

public sealed class TomlReaderTests
{
    [Fact]
    public void Values_and_keys_know_their_place()
    {
        var table = Read("# é\n[a]\n  'ключ' . b\t=   [1,\r\n 2.5]\n");

        var a = (TomlTable)table.Entries["a"].Value;
        var entry = a.Entries["ключ"];
        var array = (TomlArray)((TomlTable)entry.Value).Entries["b"].Value;
        Assert.Equal(new TomlPosition(3, 3), entry.KeyPosition);
        Assert.Equal(new TomlPosition(3, 18), array.Position);
        Assert.Equal(new TomlPosition(4, 2), array.Items[1].Position);
    }

    [Fact]
    public void Columns_count_code_points_not_utf16_units() =>
        Assert.Equal(new TomlPosition(1, 9), Read("\"💾\" = [ 1]") is var t ? ((TomlArray)t.Entries["💾"].Value).Items[0].Position : default);

    [Theory]
    [InlineData("a = ", "line 1, column 5: expected a value, found the end of the file")]
    [InlineData("a = 1\nb = yes", "line 2, column 5: expected a value, found \"yes\"; strings stand in quotes")]
    [InlineData("a = \"x\nb = 1", "line 1, column 7: expected '\"' that ends the string, found the end of the line")]
    [InlineData("a = 1 b = 2", "line 1, column 7: expected the end of the line, found 'b'")]
    [InlineData("a = 1\n\na = 2", "line 3, column 1: expected a new name, found \"a\", which is defined in line 1")]
    [InlineData("[a\n", "line 1, column 3: expected ']' after the key, found the end of the line")]
    [InlineData("[[a] ]\n", "line 1, column 5: expected ]] at the end of the header, found a space")]
    [InlineData("a = [1 2]", "line 1, column 8: expected a comma or ] after the element of an array, found '2'")]
    [InlineData("a = 9223372036854775808", "line 1, column 5: expected an integer of 64 bits, found \"9223372036854775808\"")]
    [InlineData("a = 0xFFFFFFFFFFFFFFFF", "line 1, column 5: expected an integer of 64 bits, found \"0xFFFFFFFFFFFFFFFF\"")]
    [InlineData("a = 2025-02-30", "line 1, column 5: expected a date and time that exist, found \"2025-02-30\"")]
    [InlineData("a = \"\\q\"", "line 1, column 7: expected after a backslash one of b t n f r \" \\ uXXXX UXXXXXXXX, found 'q'")]
    [InlineData("a = \"\\uD800\"", "line 1, column 6: expected a Unicode scalar value, found U+D800")]
    [InlineData("# \u0001", "line 1, column 3: expected no control characters in a comment, found the character U+0001")]
    [InlineData("💾 = 1", "line 1, column 1: expected a key, found '💾'")]
    public void Errors_say_where_what_was_found_and_what_was_expected(string document, string message) =>
        Assert.Equal(message, Assert.Throws<TomlException>(() => Read(document)).Message);

    [Fact]
    public void Bytes_that_are_not_utf8_are_refused_with_their_place()
    {
        var error = Assert.Throws<TomlException>(() => TomlReader.Read([.. "a = 1\nb = \""u8, 0xC3, (byte)'"']));

        Assert.Equal("line 2, column 6: expected text in UTF-8, found the byte 0xC3", error.Message);
    }

    [Theory]
    [InlineData("[", "]", 64)]
    [InlineData("{a=", "}", 64)]
    public void Nesting_is_bounded(string open, string close, int levels)
    {
        Read("x = " + Nested(open, close, levels));

        Assert.Throws<TomlException>(() => Read("x = " + Nested(open, close, levels + 1)));
        Assert.Throws<TomlException>(() => Read("x = " + Nested(open, close, 200_000)));
    }

    [Fact]
    public void Keys_are_bounded()
    {
        Read(string.Join('.', Enumerable.Repeat("a", 64)) + " = 1");

        Assert.Throws<TomlException>(() => Read(string.Join('.', Enumerable.Repeat("a", 65)) + " = 1"));
        Assert.Throws<TomlException>(() => Read("[" + string.Join('.', Enumerable.Repeat("a", 65)) + "]"));
    }

    [Fact]
    public void Dates_outside_what_dotnet_counts_are_values_or_errors_never_something_else()
    {
        var value = (TomlDateTime)Read("a = 0001-01-01T00:00:00+23:59").Entries["a"].Value;

        Assert.Equal(new TimeSpan(23, 59, 0), value.Offset);
        Assert.Throws<TomlException>(() => Read("a = 0000-01-01"));
        Assert.Throws<TomlException>(() => Read("a = 2016-12-31T23:59:60Z"));
    }

    [Theory]
    [InlineData("x = 1979-05-27 07:32:00.1234567891-07:00", "1979-05-27T07:32:00.1234567-07:00")]
    [InlineData("x = 07:32:00", "07:32:00")]
    [InlineData("x = \"a\\u0007\\n\\\"\u202e\"", "\"a\\u0007\\n\\\"\\u202E\"")]
    [InlineData("x = [1, 2, 3, 4, 5]", "[1, 2, 3, 4, …]")]
    [InlineData("x = { a = 1, b = 2 }", "{a, b}")]
    public void The_text_form_of_a_value_suits_a_message(string document, string text) =>
        Assert.Equal(text, Read(document).Entries["x"].Value.ToString());

    [Fact]
    public void Long_strings_are_cut_in_messages() =>
        Assert.Equal('"' + new string('y', 200) + "…\"", Read($"x = '{new string('y', 5000)}'").Entries["x"].Value.ToString());

    [Fact]
    public void Any_bytes_give_a_value_or_a_toml_exception() =>
        Prop.ForAll<byte[]>(bytes => ReadsOrRefuses(bytes ?? [])).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_pieces_of_toml_give_a_value_or_a_toml_exception()
    {
        string[] pieces =
        [
            "a", "b", "\"k\"", "'k'", ".", " = ", "=", "1", "0x1F", "1_0", "-1.5e3", "inf", "true", "\"\"\"", "'''", "\"", "'", "\\", "\\u00e9", "\\U0010FFFF",
            "[", "]", "[[", "]]", "{", "}", ",", "\n", "\r\n", "\r", " ", "\t", "#", "1979-05-27", "07:32:00", "T", "Z", "+01:00", ".5", "é", "💾", "\0",
        ];
        var documents = Gen.Elements(pieces).ArrayOf().Select(parts => Encoding.UTF8.GetBytes(string.Concat(parts)));

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(3000), Prop.ForAll(documents.ToArbitrary(), ReadsOrRefuses));
    }

    [Fact]
    public void Every_string_that_is_escaped_is_read_back() =>
        Prop.ForAll<string>(text =>
        {
            var sane = new string([.. (text ?? "").Where(unit => !char.IsSurrogate(unit))]);
            var escaped = string.Concat(sane.Select(unit => $"\\u{(int)unit:X4}"));
            return ((TomlString)Read($"a = \"{escaped}\"").Entries["a"].Value).Value == sane
                && ((TomlString)Read($"a = \"\"\"{escaped}\"\"\"").Entries["a"].Value).Value == sane;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_integer_is_read_in_every_notation() =>
        Prop.ForAll<long>(number =>
            Integer($"{number}") == number
            && (number < 0 || (Integer($"0x{number:x}") == number && Integer($"0b{number:b}") == number && Integer($"0o{Convert.ToString(number, 8)}") == number)))
        .QuickCheckThrowOnFailure();

    private static long Integer(string text) => ((TomlInteger)Read("a = " + text).Entries["a"].Value).Value;

    private static bool ReadsOrRefuses(byte[] document)
    {
        try
        {
            TomlReader.Read(document);
        }
        catch (TomlException)
        {
            // One of the two allowed outcomes; any other exception fails the property.
        }
        return true;
    }

    private static string Nested(string open, string close, int levels) =>
        string.Concat(Enumerable.Repeat(open, levels)) + "1" + string.Concat(Enumerable.Repeat(close, levels));

    private static TomlTable Read(string document) => TomlReader.Read(Encoding.UTF8.GetBytes(document));
}
