using System.Buffers;
using System.Text;

namespace Agent.Cli.Asking;

/// <summary>Reads lines from a stream that somebody else writes: of one that is longer than allowed, only the beginning.</summary>
/// <param name="stream">What is read; the caller disposes of it.</param>
/// <param name="longest">Most bytes of a line.</param>
internal sealed class BoundedLines(Stream stream, int longest)
{
    private readonly byte[] _buffer = new byte[16 * 1024];
    private readonly ArrayBufferWriter<byte> _line = new();
    private int _start;
    private int _end;

    /// <summary>The next line without its end; null at the end of the stream.</summary>
    public async ValueTask<string?> ReadAsync(CancellationToken cancellation)
    {
        _line.ResetWrittenCount();
        while (true)
        {
            if (_start == _end)
            {
                (_start, _end) = (0, await stream.ReadAsync(_buffer, cancellation));
                if (_end == 0)
                    return _line.WrittenCount > 0 ? Text() : null;
            }
            var at = Array.IndexOf(_buffer, (byte)'\n', _start, _end - _start);
            Take(at < 0 ? _end : at);
            if (at < 0)
                continue;
            _start = at + 1;
            return Text();
        }
    }

    private void Take(int end)
    {
        _line.Write(_buffer.AsSpan(_start, Math.Min(end - _start, longest - _line.WrittenCount)));
        _start = end;
    }

    private string Text() => Encoding.UTF8.GetString(_line.WrittenSpan).TrimEnd('\r');
}
