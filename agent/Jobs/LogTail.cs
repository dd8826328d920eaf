namespace Agent.Jobs;

/// <summary>Reads the end of a log.</summary>
public static class LogTail
{
    /// <summary>
    /// The longest end of the file that is not longer than <paramref name="maximum"/> bytes and starts on a line boundary. Empty where the file is
    /// missing, or its last line alone is longer.
    /// </summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static byte[] Read(string path, int maximum)
    {
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var length = RandomAccess.GetLength(file);
            // One byte more: it tells whether the first line is whole.
            var from = Math.Max(0, length - maximum - 1);
            var end = ReadFully(file, from, (int)(length - from));
            return length <= maximum ? end : end[(Array.IndexOf(end, (byte)'\n') is >= 0 and var newline ? newline + 1 : end.Length)..];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
    }

    private static byte[] ReadFully(Microsoft.Win32.SafeHandles.SafeFileHandle file, long offset, int count)
    {
        var buffer = new byte[count];
        var done = 0;
        while (done < count && RandomAccess.Read(file, buffer.AsSpan(done), offset + done) is > 0 and var read)
            done += read;
        return buffer[..done];
    }
}
