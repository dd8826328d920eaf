using System.Net;
using System.Net.Http.Headers;
using Agent.BitTorrent.Metainfo;
using Agent.BitTorrent.Wire;

namespace Agent.BitTorrent.Downloading;

/// <summary>One connection to a web seed: fetches what it owes in ranges, one after the other.</summary>
internal sealed class WebSeedConnection : PieceSource
{
    /// <summary>The answer of a server that gives whole files only.</summary>
    public const string NoRanges = "it does not know ranges";

    /// <summary>Blocks of one range: one piece of OpenGnsys.</summary>
    private const int BlocksOfRange = PieceLayout.OpenGnsysPieceLength / PieceLayout.BlockLength;

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(500);

    private readonly DownloadSwarm _swarm;
    private readonly WebSeed _seed;
    private readonly HttpClient _http;
    private readonly byte[] _block = new byte[PieceLayout.BlockLength];

    public WebSeedConnection(DownloadSwarm swarm, WebSeed seed, HttpClient http)
        : base(swarm.Layout.PieceCount)
    {
        _swarm = swarm;
        _seed = seed;
        _http = http;
        swarm.Board.Update(this, pieces =>
        {
            pieces.SetAll(true);
            return true;
        });
    }

    /// <inheritdoc/>
    public override string Name => _seed.Url.ToString();

    /// <inheritdoc/>
    public override string? Banned => _seed.GivenUp;

    /// <summary>A range that is on its way cannot be taken back; what comes of it is discarded.</summary>
    public override void Cancel(in BlockRequest block)
    {
    }

    /// <summary>Fetches one range, or waits a moment where nothing is to be had; why that failed, or null.</summary>
    public async Task<string?> FetchAsync(CancellationToken stopping)
    {
        var blocks = new BlockRequest[BlocksOfRange];
        var taken = _swarm.Board.Take(this, blocks);
        if (taken == 0)
        {
            await Task.Delay(Glance, _swarm.Time, stopping);
            return null;
        }
        foreach (var run in Runs(blocks[..taken]))
        {
            if (await TryFetchAsync(run, stopping) is not { } problem)
                continue;
            _swarm.Release(this);
            return problem;
        }
        return null;
    }

    /// <summary>Reads the bytes of a block from an answer and hands them on, at the pace that is allowed.</summary>
    /// <exception cref="EndOfStreamException">The answer is shorter.</exception>
    public async Task ReadBlockAsync(Stream content, BlockRequest block, CancellationToken stopping)
    {
        await ReadAsync(content, block.Length, stopping);
        _swarm.Receive(this, block, _block.AsSpan(0, block.Length));
        if (_swarm.FetchLimit.Reserve(block.Length) is var wait && wait > TimeSpan.Zero)
            await Task.Delay(wait, _swarm.Time, stopping);
    }

    /// <summary>Reads bytes that nobody wants.</summary>
    /// <exception cref="EndOfStreamException">The answer is shorter.</exception>
    public async Task SkipAsync(Stream content, long length, CancellationToken stopping)
    {
        for (; length > 0; length -= Math.Min(length, _block.Length))
            await ReadAsync(content, (int)Math.Min(length, _block.Length), stopping);
    }

    /// <summary>Does something with a server within limits of time; why that failed, or null.</summary>
    public static async Task<string?> TryAsync(Func<Task<string?>> talk, CancellationToken stopping)
    {
        try
        {
            return await talk();
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return e.Message;
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return "it does not answer in time";
        }
    }

    /// <inheritdoc/>
    public override void Ban(string reason) => _seed.CountWrongPiece(reason);

    private async Task ReadAsync(Stream content, int length, CancellationToken stopping)
    {
        using var late = new CancellationTokenSource(_swarm.Settings.WebSeedTimeout, _swarm.Time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping, late.Token);
        await content.ReadExactlyAsync(_block.AsMemory(0, length), limit.Token);
        _swarm.NoteArrival();
    }

    private Task<string?> TryFetchAsync(ArraySegment<BlockRequest> run, CancellationToken stopping) => TryAsync(() => FetchAsync(run, stopping), stopping);

    private async Task<string?> FetchAsync(ArraySegment<BlockRequest> run, CancellationToken stopping)
    {
        var first = _swarm.Layout.OffsetOf(run[0].Piece) + run[0].Begin;
        var last = _swarm.Layout.OffsetOf(run[^1].Piece) + run[^1].End - 1;
        using var request = new HttpRequestMessage(HttpMethod.Get, _seed.Url);
        request.Headers.Range = new RangeHeaderValue(first, last);
        request.Headers.Add(PackedRange.Header, PackedRange.Zstd);
        using var late = new CancellationTokenSource(_swarm.Settings.WebSeedTimeout, _swarm.Time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping, late.Token);
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        if (ProblemOf(response, first, last) is { } problem)
            return problem;
        await using var content = await response.Content.ReadAsStreamAsync(stopping);
        if (PackedRange.IsIn(response))
            return await UnpackAsync(content, response.Content.Headers.ContentLength, run, stopping);
        foreach (var block in run)
            await ReadBlockAsync(content, block, stopping);
        return null;
    }

    private async Task<string?> UnpackAsync(Stream content, long? frame, ArraySegment<BlockRequest> run, CancellationToken stopping)
    {
        var length = run.Sum(block => block.Length);
        if (frame is not (> 0 and var packed) || packed >= length)
            return $"it sends {length} bytes packed as {frame?.ToString() ?? "nobody knows how many"}";
        using var range = await PackedRange.ReadAsync((int)packed, length, into => ReadInPartsAsync(content, into, stopping));
        if (range is null)
            return "it sends a packed range that cannot be unpacked";
        _swarm.CountPacked(length - packed);
        var at = 0;
        foreach (var block in run)
        {
            _swarm.Receive(this, block, range.Bytes.Slice(at, block.Length));
            at += block.Length;
        }
        return null;
    }

    /// <summary>Part by part, so that the limit of time is one for a few bytes here too.</summary>
    private async Task ReadInPartsAsync(Stream content, Memory<byte> into, CancellationToken stopping)
    {
        for (; into.Length > 0; into = into[Math.Min(into.Length, _block.Length)..])
        {
            var part = Math.Min(into.Length, _block.Length);
            await ReadAsync(content, part, stopping);
            _block.AsMemory(0, part).CopyTo(into);
            if (_swarm.FetchLimit.Reserve(part) is var wait && wait > TimeSpan.Zero)
                await Task.Delay(wait, _swarm.Time, stopping);
        }
    }

    private string? ProblemOf(HttpResponseMessage response, long first, long last)
    {
        if (response.StatusCode == HttpStatusCode.OK)
            return NoRanges;
        if (response.StatusCode != HttpStatusCode.PartialContent)
            return $"it answers with status {(int)response.StatusCode}";
        if (response.Content.Headers.ContentRange is not { } range || range.From != first || range.To != last)
            return $"asked for bytes {first}-{last}, it sends {response.Content.Headers.ContentRange?.ToString() ?? "nobody knows what"}";
        return range.Length is { } length && length != _swarm.Layout.Length ? $"its file has {length} bytes, not {_swarm.Layout.Length}" : null;
    }

    /// <summary>Cuts blocks into parts that lie next to each other in the file.</summary>
    private IEnumerable<ArraySegment<BlockRequest>> Runs(BlockRequest[] blocks)
    {
        var start = 0;
        for (var i = 1; i <= blocks.Length; i++)
        {
            if (i < blocks.Length && OffsetOf(blocks[i]) == OffsetOf(blocks[i - 1]) + blocks[i - 1].Length)
                continue;
            yield return new ArraySegment<BlockRequest>(blocks, start, i - start);
            start = i;
        }
    }

    private long OffsetOf(in BlockRequest block) => _swarm.Layout.OffsetOf(block.Piece) + block.Begin;
}
