using System.Text;

namespace Agent.Common.Processes;

/// <summary>
/// Cuts the output of a program into lines at <c>\n</c> and <c>\r</c>, since progress is written over itself with the latter. Empty lines
/// are left out, and one without end is cut every <see cref="LongestLine"/> bytes.
/// </summary>
internal sealed class LineSplitter(Action<string> onLine)
{
    public const int LongestLine = 4096;

    private readonly byte[] _line = new byte[LongestLine];
    private int _length;

    /// <summary>Takes the next bytes, in pieces of any size.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            if (value is (byte)'\n' or (byte)'\r')
            {
                End();
                continue;
            }
            _line[_length++] = value;
            if (_length == LongestLine)
                End();
        }
    }

    /// <summary>Gives what stands behind the last end of line, which some error messages do not have.</summary>
    public void End()
    {
        if (_length > 0)
            onLine(Encoding.UTF8.GetString(_line, 0, _length));
        _length = 0;
    }
}
