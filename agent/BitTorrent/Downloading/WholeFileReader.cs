using System.Net;
using Agent.BitTorrent.Metainfo;
using Agent.BitTorrent.Wire;

namespace Agent.BitTorrent.Downloading;

/// <summary>Reads a web seed that knows no ranges from beginning to end, and takes the pieces that are missing as they pass.</summary>
internal sealed class WholeFileReader(DownloadSwarm swarm, WebSeedConnection connection, HttpClient http, Uri url)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Reads the file once; why that failed, or null.</summary>
    public Task<string?> RunAsync(CancellationToken stopping) => WebSeedConnection.TryAsync(() => ReadAsync(stopping), stopping);

    private async Task<string?> ReadAsync(CancellationToken stopping)
    {
        using var late = new CancellationTokenSource(swarm.Settings.WebSeedTimeout, swarm.Time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping, late.Token);
        using var response = await http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        if (response.StatusCode != HttpStatusCode.OK)
            return $"it answers with status {(int)response.StatusCode}";
        if (response.Content.Headers.ContentLength is { } length && length != swarm.Layout.Length)
            return $"its file has {length} bytes, not {swarm.Layout.Length}";
        await using var content = await response.Content.ReadAsStreamAsync(stopping);
        try
        {
            for (var piece = 0; piece < swarm.Layout.PieceCount && swarm.Board.Missing > 0; piece++)
                await ReadPieceAsync(content, piece, stopping);
        }
        finally
        {
            swarm.Release(connection);
        }
        // What is still missing is owed by others, or was wrong.
        await Task.Delay(Pause, swarm.Time, stopping);
        return null;
    }

    private async Task ReadPieceAsync(Stream content, int piece, CancellationToken stopping)
    {
        var length = swarm.Layout.LengthOf(piece);
        var blocks = new BlockRequest[(length - 1) / PieceLayout.BlockLength + 1];
        var at = 0;
        foreach (var block in blocks.AsMemory(0, swarm.Board.TakeOf(connection, piece, blocks)).ToArray())
        {
            await connection.SkipAsync(content, block.Begin - at, stopping);
            await connection.ReadBlockAsync(content, block, stopping);
            at = block.End;
        }
        await connection.SkipAsync(content, length - at, stopping);
    }
}
