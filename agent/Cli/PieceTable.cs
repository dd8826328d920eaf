using Agent.Api;
using Agent.Cli.Showing;

namespace Agent.Cli;

/// <summary>Bad pieces of an image, by their bytes.</summary>
internal static class PieceTable
{
    /// <summary>Prints the pieces; nothing where there are none.</summary>
    public static void Print(IReadOnlyList<BadPieceResponse> pieces)
    {
        if (pieces.Count == 0)
            return;
        var table = new OutputTable(">Bad piece", ">First byte", ">Last byte");
        foreach (var piece in pieces)
            table.Add($"{piece.Index}", $"{piece.First}", $"{piece.Last}");
        table.PrintOn(Output.Console);
    }
}
