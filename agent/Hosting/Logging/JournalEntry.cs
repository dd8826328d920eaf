using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Agent.Hosting.Logging;

/// <summary>
/// One entry in the journal's native protocol: a field a line, <c>NAME=value</c>; a value with line breaks as <c>NAME</c>, its length as 64 bits
/// little endian, and its bytes.
/// </summary>
internal sealed class JournalEntry
{
    /// <summary>Longest value in characters, so that an entry fits into one datagram: what is longer is cut.</summary>
    public const int LongestValue = 16_384;

    /// <summary>Longest name that the journal takes.</summary>
    private const int LongestName = 64;

    private const string Prefix = "OGREPO_";

    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>What is to be sent.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    /// <summary>Adds a field.</summary>
    /// <param name="name">Capital letters, digits and <c>_</c>.</param>
    /// <param name="value">Any text.</param>
    public void Add(string name, string value)
    {
        var text = Encoding.UTF8.GetBytes(value.Length <= LongestValue ? value : value[..LongestValue] + "…");
        Write(name);
        if (text.AsSpan().Contains((byte)'\n'))
        {
            Write("\n");
            BinaryPrimitives.WriteUInt64LittleEndian(_bytes.GetSpan(sizeof(ulong)), (ulong)text.Length);
            _bytes.Advance(sizeof(ulong));
        }
        else
        {
            Write("=");
        }
        _bytes.Write(text);
        Write("\n");
    }

    /// <summary>The name of a field for a value of a message: <c>EndPoint</c> becomes <c>OGREPO_END_POINT</c>.</summary>
    public static string NameOf(string key)
    {
        var name = new StringBuilder(Prefix);
        foreach (var (index, character) in key.Index())
        {
            if (index > 0 && char.IsAsciiLetterUpper(character))
                name.Append('_');
            name.Append(char.IsAsciiLetterOrDigit(character) ? char.ToUpperInvariant(character) : '_');
        }
        return name.Length <= LongestName ? name.ToString() : name.ToString(0, LongestName);
    }

    private void Write(string text) => Encoding.UTF8.GetBytes(text, _bytes);
}
