using System.Security.Cryptography;
using System.Text;

namespace Agent.Common;

/// <summary>A key that must not appear in logs and messages: its text form hides it, and it is compared in constant time.</summary>
public sealed class Secret : IEquatable<Secret>
{
    /// <summary>What is expected, for messages about a wrong one.</summary>
    public const string Expected = "1 to 512 visible ASCII characters without blanks, because it travels in an HTTP header";

    private readonly byte[] _digest;

    private Secret(string value)
    {
        Value = value;
        _digest = SHA256.HashData(Encoding.UTF8.GetBytes(value));
    }

    /// <summary>The key itself, for the one place that sends it.</summary>
    public string Value { get; }

    /// <summary>Takes a key; false where it cannot be one.</summary>
    public static bool TryParse(string text, out Secret? secret)
    {
        var isKey = text.Length is > 0 and <= 512 && !text.AsSpan().ContainsAnyExceptInRange('!', '~');
        secret = isKey ? new Secret(text) : null;
        return isKey;
    }

    /// <summary>True where <paramref name="candidate"/> is the key. The time taken tells nothing about the key, not even its length.</summary>
    public bool Matches(string candidate) => CryptographicOperations.FixedTimeEquals(_digest, SHA256.HashData(Encoding.UTF8.GetBytes(candidate)));

    /// <inheritdoc/>
    public bool Equals(Secret? other) => other is not null && CryptographicOperations.FixedTimeEquals(_digest, other._digest);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Secret);

    /// <inheritdoc/>
    public override int GetHashCode() => BitConverter.ToInt32(_digest);

    /// <summary>Never the key.</summary>
    public override string ToString() => "(secret)";
}
