using Agent.BitTorrent.Downloading;

namespace Agent.Replication.Importing;

/// <summary>Adds up what the tries of one import brought.</summary>
internal sealed class ImportTally
{
    private readonly Dictionary<string, long> _sources = [];
    private long _fetched;
    private long _wasted;
    private long _local;
    private long _uploaded;
    private long _packed;
    private long? _resumed;

    /// <summary>Takes in a try that has ended.</summary>
    /// <param name="end">How it ended.</param>
    /// <param name="zeros">Bytes of pieces of zeros.</param>
    public void Add(DownloadSnapshot end, long zeros)
    {
        _resumed ??= Math.Max(0, end.Verified - (end.Fetched - end.Discarded) - end.Donated - zeros);
        _fetched += end.Fetched - end.Packed;
        _packed += end.Packed;
        _wasted += end.Discarded;
        _local += end.Donated;
        _uploaded += end.Uploaded;
        foreach (var source in end.Sources)
            _sources[source.Name] = _sources.GetValueOrDefault(source.Name) + source.Fetched;
    }

    /// <summary>What it was in all.</summary>
    public ImportOutcome Of(string image, long size, long zeros) => new(
        image, size, _fetched, _wasted, zeros, _local, _resumed ?? size, _packed, _uploaded,
        [.. _sources.Where(source => source.Value > 0).OrderByDescending(source => source.Value).Select(source => new ImportSource(source.Key, source.Value))]);
}
