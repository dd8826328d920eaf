namespace Agent.BitTorrent.Downloading;

/// <summary>Bytes a second of the last seconds, told once a second how much there is in all.</summary>
internal sealed class FetchRate
{
    private const double Smoothing = 0.3;

    private double _rate;
    private long _before;

    /// <summary>The rate.</summary>
    public long BytesPerSecond => (long)Volatile.Read(ref _rate);

    /// <summary>Once a second.</summary>
    public void Tick(long total)
    {
        Volatile.Write(ref _rate, _rate + Smoothing * (total - _before - _rate));
        _before = total;
    }
}
