namespace Agent.BitTorrent;

/// <summary>A service cannot listen where it was told to; the message names the setting, the address and the remedy.</summary>
public sealed class ListenException : IOException
{
    /// <summary>An error described by <paramref name="message"/>, caused by <paramref name="inner"/>.</summary>
    public ListenException(string message, Exception inner) : base(message, inner)
    {
    }
}
