using Agent.Indexing.Checking;

namespace Agent.Indexing.Repair;

/// <summary>What came of a repair.</summary>
/// <param name="Repaired">Pieces that were bad and are right now, each with the source that had it.</param>
/// <param name="Remaining">Pieces that are still bad, because nobody had them or they could not be written.</param>
/// <param name="Problems">What went wrong on the way, in sentences.</param>
public sealed record RepairOutcome(IReadOnlyList<(BadPiece Piece, string Source)> Repaired, IReadOnlyList<BadPiece> Remaining, IReadOnlyList<string> Problems);
