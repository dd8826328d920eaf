using System.Globalization;

namespace Agent.Cvmfs.Publishing.Signing;

/// <summary>
/// The whitelists: which certificate may sign, until when. One is made when it is first asked for and again in the middle of its life, and
/// also where the clock was set back to before its beginning.
/// </summary>
/// <param name="keys">The keys.</param>
/// <param name="life">How long one is valid.</param>
/// <param name="time">Clock.</param>
internal sealed class Whitelist(SigningKeys keys, TimeSpan life, TimeProvider time)
{
    private const string Form = "yyyyMMddHHmmss";

    private readonly Lock _making = new();
    private readonly Dictionary<string, (DateTimeOffset Made, byte[] Bytes)> _made = new(StringComparer.Ordinal);

    /// <summary>The whitelist of a repository; always the same bytes until it is renewed.</summary>
    /// <exception cref="IOException">A key cannot be read.</exception>
    public byte[] Of(string name)
    {
        var now = time.GetUtcNow();
        lock (_making)
        {
            if (_made.TryGetValue(name, out var known) && now >= known.Made && now < known.Made + life / 2)
                return known.Bytes;
            var bytes = SignedText.Compose(Text(name, now), keys.SignWhitelist);
            _made[name] = (now, bytes);
            return bytes;
        }
    }

    private string Text(string name, DateTimeOffset now) => $"{Stamp(now)}\nE{Stamp(now + life)}\nN{name}\n{keys.Fingerprint()} # {name}\n";

    private static string Stamp(DateTimeOffset moment) => moment.UtcDateTime.ToString(Form, CultureInfo.InvariantCulture);
}
