namespace Agent.BitTorrent.Metainfo;

/// <summary>A torrent that cannot be read or made; the message names the value and what was expected.</summary>
public sealed class MetainfoException : FormatException
{
    /// <summary>An error described by <paramref name="message"/>.</summary>
    public MetainfoException(string message) : base(message)
    {
    }

    /// <summary>An error described by <paramref name="message"/>, caused by <paramref name="inner"/>.</summary>
    public MetainfoException(string message, Exception inner) : base(message, inner)
    {
    }
}
