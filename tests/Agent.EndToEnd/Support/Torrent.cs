using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Agent.EndToEnd.Support;

/// <summary>A <c>.torrent</c>, read by code that shares nothing with the agent's (BEP 3).</summary>
[SuppressMessage("Security", "CA5350", Justification = "BEP 3 names SHA-1.")]
public sealed record Torrent(string Announce, string Comment, string Name, long Length, long PieceLength, byte[] Pieces, string InfoHash)
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="FormatException">It is no whole torrent of one file.</exception>
    public static Torrent Read(string path) => Parse(File.ReadAllBytes(path));

    public static Torrent Parse(byte[] bytes)
    {
        try
        {
            var reader = new Reader(bytes);
            var root = (Dictionary<string, object>)reader.Value();
            if (reader.At != bytes.Length)
                throw new FormatException($"{bytes.Length - reader.At} bytes behind the torrent");
            var info = (Dictionary<string, object>)root["info"];
            return new Torrent(
                Text(root["announce"]), Text(root.GetValueOrDefault("comment", Array.Empty<byte>())), Text(info["name"]), (long)info["length"],
                (long)info["piece length"], (byte[])info["pieces"], Convert.ToHexStringLower(SHA1.HashData(bytes[reader.Info])));
        }
        catch (Exception e) when (e is InvalidCastException or KeyNotFoundException or IndexOutOfRangeException or ArgumentException)
        {
            throw new FormatException($"not a torrent: {e.Message}", e);
        }
    }

    /// <summary>What <c>ctorrent</c> makes of the same image under the same name.</summary>
    public static async Task<Torrent> ByCTorrentAsync(string image)
    {
        using var directory = new TemporaryDirectory();
        var made = directory["made.torrent"];
        await ExternalProgram.RunAsync("ctorrent", "-t", image, "-u", "http://127.0.0.1:6969/announce", "-s", made, "-c", "x", "-l", "4194304");
        return Read(made);
    }

    /// <summary>The piece hashes of a content.</summary>
    public static byte[] PiecesOf(byte[] content) =>
        [.. content.Chunk(4 * 1024 * 1024).SelectMany(piece => SHA1.HashData(piece))];

    private static string Text(object value) => Encoding.UTF8.GetString((byte[])value);

    private sealed class Reader(byte[] bytes)
    {
        public int At { get; private set; }

        /// <summary>Where the value of <c>info</c> stands.</summary>
        public Range Info { get; private set; }

        public object Value() => (char)bytes[At] switch
        {
            'i' => Integer(),
            'l' => List(),
            'd' => Dictionary(),
            _ => String(),
        };

        private long Integer()
        {
            At++;
            return Number('e');
        }

        private byte[] String()
        {
            var length = (int)Number(':');
            var value = bytes.AsSpan(At, length).ToArray();
            At += length;
            return value;
        }

        private List<object> List()
        {
            var list = new List<object>();
            for (At++; bytes[At] != 'e';)
                list.Add(Value());
            At++;
            return list;
        }

        private Dictionary<string, object> Dictionary()
        {
            var dictionary = new Dictionary<string, object>();
            for (At++; bytes[At] != 'e';)
            {
                var key = Encoding.ASCII.GetString(String());
                var start = At;
                dictionary.Add(key, Value());
                if (key == "info")
                    Info = start..At;
            }
            At++;
            return dictionary;
        }

        private long Number(char end)
        {
            var length = bytes.AsSpan(At).IndexOf((byte)end);
            var value = long.Parse(Encoding.ASCII.GetString(bytes, At, length), CultureInfo.InvariantCulture);
            At += length + 1;
            return value;
        }
    }
}
