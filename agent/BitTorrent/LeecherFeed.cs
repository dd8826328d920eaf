using System.Threading.Channels;
using Agent.BitTorrent.Metainfo;

namespace Agent.BitTorrent;

/// <summary>
/// Tells the seeder who announced without having the whole file, so that it can dial them: some clients (Transmission 3.00 with uTP)
/// never reach a seeder that waits. One object joins tracker and seeder; when nobody reads, the oldest news is dropped.
/// </summary>
public sealed class LeecherFeed
{
    private const int Capacity = 4096;

    private readonly Channel<AnnouncedLeecher> _channel =
        Channel.CreateBounded<AnnouncedLeecher>(new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest });

    internal void Offer(in AnnouncedLeecher leecher) => _channel.Writer.TryWrite(leecher);

    internal ChannelReader<AnnouncedLeecher> Announced => _channel.Reader;
}

/// <summary>A peer that said to the tracker where it listens and that it lacks pieces.</summary>
internal readonly record struct AnnouncedLeecher(InfoHash InfoHash, PeerId Id, PeerAddress Address, ushort Port);
