using System.Text;
using Agent.Common;

namespace Agent.Jobs;

/// <summary>
/// Appends to the log of one job: whole lines, each with its time in UTC, without control characters, whatever a child process printed. Not
/// flushed to the disk: after a power cut the last lines may be missing. Any thread may write.
/// </summary>
internal sealed class JobLog : IDisposable
{
    private const int LongestLine = 4096;

    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly int _maximum;
    private readonly TimeProvider _time;
    private readonly Action<Exception> _failed;
    private FileStream? _file;

    /// <param name="path">The file, made where it is missing.</param>
    /// <param name="maximum">Length in bytes from which the older half is dropped.</param>
    /// <param name="time">The clock.</param>
    /// <param name="failed">Told once when writing fails; a job does not fail for its log.</param>
    public JobLog(string path, int maximum, TimeProvider time, Action<Exception> failed)
    {
        (_path, _maximum, _time, _failed) = (path, maximum, time, failed);
        Try(Open);
    }

    public void Write(string text)
    {
        var stamp = _time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z '");
        var lines = new StringBuilder();
        foreach (var line in text.AsSpan().TrimEnd("\r\n").EnumerateLines())
            AppendPrintable(lines.Append(stamp), line).Append('\n');
        lock (_lock)
            Try(() => Append(Encoding.UTF8.GetBytes(lines.ToString())));
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _file?.Dispose();
            _file = null;
        }
    }

    private void Open()
    {
        _file = new FileStream(_path, new FileStreamOptions
        {
            Mode = FileMode.Append,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
            UnixCreateMode = AtomicFile.Secret,
        });
        // A crash may have cut the last line; what follows must begin on one of its own.
        if (!EndsWithLine(_path))
            _file.Write("\n"u8);
    }

    private static bool EndsWithLine(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> last = [(byte)'\n'];
        RandomAccess.Read(file, last, Math.Max(0, RandomAccess.GetLength(file) - 1));
        return last[0] == '\n';
    }

    private void Append(byte[] lines)
    {
        if (_file is null)
            return;
        _file.Write(lines);
        if (_file.Length <= _maximum)
            return;
        _file.Dispose();
        AtomicFile.Write(_path, LogTail.Read(_path, _maximum / 2), AtomicFile.Secret);
        Open();
    }

    private static StringBuilder AppendPrintable(StringBuilder to, ReadOnlySpan<char> line)
    {
        foreach (var character in line[..Math.Min(line.Length, LongestLine)])
            to.Append(char.IsControl(character) && character != '\t' ? ' ' : character);
        return line.Length > LongestLine ? to.Append('…') : to;
    }

    private void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _file?.Dispose();
            _file = null;
            _failed(e);
        }
    }
}
