using Agent.Common;

namespace Agent.Indexing.Hashing;

/// <summary>
/// The digests of a file that somebody still writes, taken behind the writer, from the page cache: when the last byte has come, little is left to
/// read. Made by <see cref="DigestPipeline.Follow"/>.
/// </summary>
public sealed class FollowingDigests : IAsyncDisposable
{
    private readonly DigestPipeline _pipeline;
    private readonly long _length;
    private readonly Beginning _beginning;
    private readonly DigesterSet _digesters;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task<(ulong Device, ulong Inode)> _reading;
    private volatile IProgress<long>? _progress;

    internal FollowingDigests(DigestPipeline pipeline, IReadOnlyList<string> paths, long length, Beginning beginning)
    {
        _pipeline = pipeline;
        _length = length;
        _beginning = beginning;
        _digesters = new DigesterSet(length);
        _reading = ReadAsync(paths);
    }

    /// <summary>Waits until all has been read. To be called once, when nobody writes any more.</summary>
    /// <param name="path">Where the file is now.</param>
    /// <param name="progress">Is told the bytes done, from now on.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="FileChangedException">There is another file now than the one that was read.</exception>
    /// <exception cref="IOException">It could not be read, or was followed in part only.</exception>
    public async Task<FileDigests> FinishAsync(string path, IProgress<long>? progress, CancellationToken cancellation)
    {
        if (_beginning.Length < _length)
            throw new IOException($"'{path}' was followed for {_beginning.Length} of {_length} bytes only");
        _progress = progress;
        var read = await _reading.WaitAsync(cancellation);
        using var file = await _pipeline.OpenAsync(path, cancellation);
        if ((file.Device, file.Stamp.Inode) != read)
            throw new FileChangedException(path, "was replaced");
        return _digesters.Finish(file.Stamp);
    }

    /// <summary>Ends the reading.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await ((Task)_reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _digesters.Dispose();
        _ending.Dispose();
    }

    private async Task<(ulong Device, ulong Inode)> ReadAsync(IReadOnlyList<string> paths)
    {
        await _beginning.WaitForAsync(1, _ending.Token); // before, there may be no file
        using var file = OpenFirst(paths);
        await _pipeline.DigestAsync(file, _length, _digesters, new ImmediateProgress(done => _progress?.Report(done)), _beginning, _ending.Token);
        return (file.Device, file.Stamp.Inode);
    }

    /// <summary>Renamed once, it is found under the one name or, later, under the next.</summary>
    private static SteadyFile OpenFirst(IReadOnlyList<string> paths)
    {
        foreach (var path in paths.SkipLast(1))
        {
            try
            {
                return SteadyFile.OpenNow(path);
            }
            catch (FileNotFoundException)
            {
                // It has its next name by now.
            }
        }
        return SteadyFile.OpenNow(paths[^1]);
    }
}
