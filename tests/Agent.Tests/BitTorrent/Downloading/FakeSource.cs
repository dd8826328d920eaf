using Agent.BitTorrent.Downloading;
using Agent.BitTorrent.Wire;

namespace Agent.Tests.BitTorrent.Downloading;

/// <summary>A source that is driven by the test.</summary>
internal sealed class FakeSource(string name, int pieces) : PieceSource(pieces)
{
    private string? _banned;

    public List<BlockRequest> Cancelled { get; } = [];

    public override string Name => name;

    public override string? Banned => _banned;

    public override void Cancel(in BlockRequest block) => Cancelled.Add(block);

    public override void Ban(string reason) => _banned = reason;
}
