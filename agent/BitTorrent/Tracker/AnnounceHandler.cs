using System.Buffers;
using System.Net;
using System.Text;
using Agent.BitTorrent.Metainfo;

namespace Agent.BitTorrent.Tracker;

/// <summary>Answers announces and scrapes for the registry's torrents; knows HTTP's query strings but no sockets.</summary>
internal sealed class AnnounceHandler(TrackerSettings settings, TorrentRegistry registry, SwarmStore swarms, LeecherFeed leechers)
{
    private const int LongestScrape = 16 * 1024;

    /// <summary>Bytes that every answer fits in.</summary>
    public int LongestAnswer { get; } = Math.Max(LongestScrape, 512 + (settings.MaxNumWant + 1) * PeerListWriter.LongestPeer);

    /// <summary>Answers an announce that came from <paramref name="remote"/> to the address <paramref name="local"/> of this machine.</summary>
    public HttpStatus Announce(ReadOnlySpan<byte> query, IPAddress remote, IPAddress local, ref AnswerWriter writer)
    {
        if (!AnnounceQuery.TryParse(query, out var parsed, out var problem))
            return Text(HttpStatus.BadRequest, problem, ref writer);
        var source = parsed.ClaimedAddress is { } claimed && settings.IpParameterNetworks.Contains(remote) ? claimed : remote;
        var announce = parsed.From(source, settings.DefaultNumWant);
        if (!registry.Contains(announce.InfoHash))
            return Unknown(ref writer);
        WriteAnswer(parsed, announce, settings.Seeder(local), ref writer);
        if (announce.IsReachableLeecher)
            leechers.Offer(new AnnouncedLeecher(announce.InfoHash, announce.PeerId, announce.Address, announce.Port));
        return HttpStatus.Ok;
    }

    /// <summary>Answers a scrape (BEP 48); torrents that are unknown are left out, and there is no scrape of everything.</summary>
    public HttpStatus Scrape(ReadOnlySpan<byte> query, IPAddress local, ref AnswerWriter writer)
    {
        var own = settings.Seeder(local) is null ? 0 : 1;
        var hashes = ScrapedHashes(query);
        if (hashes.Count == 0)
            return Text(HttpStatus.BadRequest, "scrape needs info_hash", ref writer);
        Span<byte> bytes = stackalloc byte[InfoHash.Length];
        writer.Raw("d5:filesd"u8);
        foreach (var hash in hashes.Values)
        {
            if (!registry.Contains(hash))
                continue;
            hash.CopyTo(bytes);
            var counts = swarms.CountsOf(hash);
            writer.String(bytes);
            writer.Raw("d8:complete"u8);
            writer.Integer(counts.Complete + own);
            writer.Raw("10:downloaded"u8);
            writer.Integer(counts.Downloaded);
            writer.Raw("10:incomplete"u8);
            writer.Integer(counts.Incomplete);
            writer.Raw("e"u8);
        }
        writer.Raw("ee"u8);
        return HttpStatus.Ok;
    }

    /// <summary>Answers with a line of text.</summary>
    public static HttpStatus Text(HttpStatus status, string text, ref AnswerWriter writer)
    {
        writer.Raw(Encoding.ASCII.GetBytes(text));
        return status;
    }

    private void WriteAnswer(in AnnounceQuery query, in Announce announce, OwnSeeder? seeder, ref AnswerWriter writer)
    {
        var wanted = Math.Min(announce.NumWant, settings.MaxNumWant);
        var told = wanted > 0 && seeder is not null && announce.IsToldOf(seeder) ? seeder : null;
        var peers = ArrayPool<SwarmPeer>.Shared.Rent(Math.Max(wanted, 1));
        try
        {
            var answer = swarms.Announce(announce, peers.AsSpan(0, told is null ? wanted : wanted - 1));
            var chosen = peers.AsSpan(0, answer.Chosen);
            var seconds = (long)answer.Interval.TotalSeconds;
            writer.Raw("d8:complete"u8);
            writer.Integer(answer.Counts.Complete + (seeder is null ? 0 : 1));
            writer.Raw("10:downloaded"u8);
            writer.Integer(answer.Counts.Downloaded);
            writer.Raw("10:incomplete"u8);
            writer.Integer(answer.Counts.Incomplete);
            writer.Raw("8:interval"u8);
            writer.Integer(seconds);
            writer.Raw("12:min interval"u8);
            writer.Integer(seconds);
            if (query.Compact)
                PeerListWriter.WriteCompact(ref writer, told, chosen);
            else
                PeerListWriter.WriteDictionaries(ref writer, told, chosen, withIds: !query.NoPeerId);
            writer.Raw("e"u8);
        }
        finally
        {
            ArrayPool<SwarmPeer>.Shared.Return(peers);
        }
    }

    private HttpStatus Unknown(ref AnswerWriter writer)
    {
        if (registry.IsLoading)
            return Text(HttpStatus.Unavailable, "the images are still being listed", ref writer);
        writer.Raw("d14:failure reason"u8);
        writer.String("This torrent is not shared by this repository"u8);
        writer.Raw("e"u8);
        return HttpStatus.Ok;
    }

    /// <summary>The hashes by their bytes, since the keys of the answer must be sorted; those that are not 20 bytes are left out.</summary>
    private static SortedList<string, InfoHash> ScrapedHashes(ReadOnlySpan<byte> query)
    {
        var hashes = new SortedList<string, InfoHash>(StringComparer.Ordinal);
        Span<byte> bytes = stackalloc byte[InfoHash.Length];
        var reader = new QueryReader(query);
        while (reader.Next(out var key, out var value))
        {
            if (!key.SequenceEqual("info_hash"u8) || !QueryReader.TryDecode(value, bytes))
                continue;
            var hash = new InfoHash(bytes);
            hashes[hash.ToString()] = hash;
        }
        return hashes;
    }
}
