using System.Text;

namespace Agent.BitTorrent.Metainfo;

/// <summary>Which names a file may have in a torrent: one valid path component in UTF-8, since clients write the file under that name.</summary>
internal static class TorrentName
{
    private const int MaxBytes = 255;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The name as text, checked.</summary>
    /// <exception cref="MetainfoException">The name is not valid UTF-8 or not a file name.</exception>
    public static string Decode(ReadOnlySpan<byte> name)
    {
        try
        {
            return Check(Strict.GetString(name), name.Length);
        }
        catch (DecoderFallbackException e)
        {
            throw new MetainfoException("the name is not valid UTF-8", e);
        }
    }

    /// <summary>The name as bytes, checked.</summary>
    /// <exception cref="MetainfoException">The name is not a file name, or stands for bytes that are not UTF-8.</exception>
    public static byte[] Encode(string name)
    {
        try
        {
            var bytes = Strict.GetBytes(name);
            // .NET shows bytes of a file name that are not UTF-8 as U+FFFD; every client would make another name of them.
            if (name.Contains('\uFFFD'))
                throw new MetainfoException($"the name '{name}' is not valid UTF-8; clients could not agree on it");
            Check(name, bytes.Length);
            return bytes;
        }
        catch (EncoderFallbackException e)
        {
            throw new MetainfoException("the name is not valid Unicode", e);
        }
    }

    private static string Check(string name, int bytes)
    {
        if (name is "" or "." or "..")
            throw new MetainfoException($"the name '{name}' is not a file name");
        if (name.AsSpan().IndexOfAny('/', '\\', '\0') >= 0)
            throw new MetainfoException($"the name '{name.Replace('\0', '?')}' has a slash, a backslash or a NUL in it");
        if (bytes > MaxBytes)
            throw new MetainfoException($"the name has {bytes} bytes, more than {MaxBytes}");
        return name;
    }
}
