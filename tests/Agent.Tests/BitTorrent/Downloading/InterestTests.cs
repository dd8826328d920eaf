using System.Net;
using System.Net.Sockets;
using Agent.BitTorrent.Metainfo;
using Agent.BitTorrent.Wire;
using Agent.Tests.BitTorrent.Support;
using Agent.Tests.Support;

namespace Agent.Tests.BitTorrent.Downloading;

/// <summary>A peer is told when there is nothing more to get from it, and when there is again (BEP 3).</summary>
public sealed class InterestTests
{
    private const int Piece = PieceLayout.OpenGnsysPieceLength;
    private const int LastPiece = 100;

    [Fact]
    public async Task A_peer_that_has_given_all_it_has_is_told_so_and_asked_again_when_it_has_more()
    {
        using var directory = new TemporaryDirectory();
        var image = TestImage.Create(directory, "a.img", 2 * Piece + LastPiece);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var end = new CancellationTokenSource(TestDownload.Limit);
        var download = TestDownload.Create(TestDownload.Target(image, directory["copy.img"], (IPEndPoint)listener.LocalEndpoint));
        var running = download.RunAsync(end.Token);

        using var peer = TestPeer.Of(await listener.AcceptSocketAsync(end.Token));
        await peer.ReceiveAsync(Handshake.Length);
        await peer.SendAsync(TestPeer.Hello(image.InfoHash));
        await peer.SendAsync(MessageId.HaveNone);
        await peer.SendAsync(MessageId.Have, TestPeer.Numbers(2));
        await UntilAsync(peer, MessageId.Interested);
        await peer.SendAsync(MessageId.Unchoke);
        await UntilAsync(peer, MessageId.Request);
        await peer.SendAsync(MessageId.Piece, [.. TestPeer.Numbers(2, 0), .. image.Content[^LastPiece..]]);

        await UntilAsync(peer, MessageId.NotInterested);
        await peer.SendAsync(MessageId.Have, TestPeer.Numbers(0));
        await UntilAsync(peer, MessageId.Interested);

        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private static async Task UntilAsync(TestPeer peer, MessageId wanted)
    {
        while ((await peer.ReadAsync()).Id != wanted)
        {
            // What else it says is not looked at here.
        }
    }
}
