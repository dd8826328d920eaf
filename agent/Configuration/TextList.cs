namespace Agent.Configuration;

/// <summary>A list of strings that equals another one of the same strings in the same order.</summary>
/// <param name="items">The strings.</param>
internal sealed class TextList(IReadOnlyList<string> items) : IEquatable<TextList>
{
    public IReadOnlyList<string> Items => items;

    public bool Equals(TextList? other) => other is not null && items.SequenceEqual(other.Items, StringComparer.Ordinal);

    public override bool Equals(object? obj) => Equals(obj as TextList);

    public override int GetHashCode() => items.Aggregate(0, HashCode.Combine);
}
