using System.Text;
using Agent.Images.Probing;
using Agent.Images.Probing.Compression;
using Agent.Tests.Support;

namespace Agent.Tests.Images.Probing;

/// <summary>Every decompressor gives exactly the beginning of what its program packed, also from a cut-off file.</summary>
public sealed class CompressedFormatTests(ImageWorkshop workshop) : IClassFixture<ImageWorkshop>
{
    public static TheoryData<string, string> Cases
    {
        get
        {
            string[] commands =
            [
                "gzip -1", "gzip -9", "lzop -1", "lzop -2", "lzop -7", "lzop -9", "lzop -C", "zstd -q -1", "zstd -q -19",
                "lz4 -q -1", "lz4 -q -9 -B4 -BD", "lz4 -q -B7 -BX", "lz4 -q -l",
                "xz -1", "xz -9e", "xz --x86 --lzma2", "bzip2 -1", "bzip2 -9",
            ];
            var cases = new TheoryData<string, string>();
            foreach (var command in commands)
            {
                foreach (var kind in Kinds.Keys.Except(["large random"]))
                    cases.Add(command, kind);
            }
            // One block of 4 MiB that must be there whole, the worst case of all formats.
            cases.Add("lz4 -q -B7", "large random");
            return cases;
        }
    }

    private static readonly Dictionary<string, Func<byte[]>> Kinds = new()
    {
        ["nothing"] = () => [],
        ["little"] = () => "partclone"u8.ToArray(),
        ["random"] = () => Random(1_500_000),
        ["zeros"] = () => new byte[5_000_000],
        ["text"] = () => Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 60_000).Select(n => $"line {n * 7919 % 10007} of many\n"))),
        ["mixed"] = Mixed,
        ["large random"] = () => Random(5_000_000),
    };

    [TheoryWithPrograms("lzop", "gzip", "zstd", "lz4", "xz", "bzip2")]
    [MemberData(nameof(Cases))]
    public void The_beginning_comes_out_as_it_went_in(string command, string kind)
    {
        var (content, packed) = Pack(command, kind);
        var output = new byte[HeaderProbe.StreamLength];
        var format = CompressedFormat.Of(packed);

        Assert.NotNull(format);
        var length = format.Decompress(packed.AsSpan(0, Math.Min(packed.Length, format.InputLimit)), output);

        Assert.Equal(Math.Min(content.Length, output.Length), length);
        Assert.True(output.AsSpan(0, length).SequenceEqual(content.AsSpan(0, length)));
    }

    [TheoryWithPrograms("lzop", "gzip", "zstd", "lz4", "xz", "bzip2")]
    [MemberData(nameof(Cases))]
    public void A_file_cut_off_anywhere_gives_less_but_nothing_wrong(string command, string kind)
    {
        var (content, packed) = Pack(command, kind);
        var output = new byte[HeaderProbe.StreamLength];
        var random = new Random(7);

        foreach (var end in Enumerable.Range(0, 40).Select(_ => random.Next(Math.Min(packed.Length, 100_000) + 1)))
        {
            var length = CompressedFormat.Of(packed)!.Decompress(packed.AsSpan(0, Math.Max(end, Math.Min(packed.Length, 9))), output);

            Assert.True(output.AsSpan(0, length).SequenceEqual(content.AsSpan(0, length)));
        }
    }

    [TheoryWithPrograms("gzip", "zstd", "lz4", "xz", "bzip2")]
    [InlineData("gzip -1"), InlineData("zstd -q"), InlineData("lz4 -q"), InlineData("xz"), InlineData("bzip2")]
    public void Files_one_behind_the_other_read_as_one(string command)
    {
        var (content, packed) = Pack(command, "little");
        var output = new byte[HeaderProbe.StreamLength];

        var length = CompressedFormat.Of(packed)!.Decompress([.. packed, .. packed], output);

        Assert.True(output.AsSpan(0, length).SequenceEqual([.. content, .. content]));
    }

    private (byte[] Content, byte[] Packed) Pack(string command, string kind)
    {
        var content = Kinds[kind]();
        var path = workshop[$"{kind}.content"];
        if (!File.Exists(path))
            File.WriteAllBytes(path, content);
        return (content, File.ReadAllBytes(workshop.Compressed(path, command)));
    }

    private static readonly int[] Longest = [8, 20, 70, 1500];
    private static readonly int[] Farthest = [80, 5000, 60_000];

    private static byte[] Random(int length)
    {
        var bytes = new byte[length];
        new Random(3).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Runs of every length, copies from every distance up to 60 KiB, and fresh bytes between them.</summary>
    private static byte[] Mixed()
    {
        var random = new Random(5);
        var content = new List<byte>(Random(100));
        while (content.Count < 300_000)
        {
            var length = random.Next(1, Longest[random.Next(Longest.Length)]);
            var distance = random.Next(1, Farthest[random.Next(Farthest.Length)]);
            for (var i = 0; i < length; i++)
                content.Add(distance <= content.Count && length % 3 != 0 ? content[^distance] : (byte)random.Next(256));
        }
        return [.. content];
    }
}
