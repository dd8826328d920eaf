using System.Diagnostics;
using Agent.Images.Probing;
using Agent.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Images.Probing;

/// <summary>Whatever a file holds, the probe gives facts or none: it throws nothing and does not work for long.</summary>
public sealed class HostileHeaderTests(ImageWorkshop workshop) : IClassFixture<ImageWorkshop>
{
    private static readonly byte[][] Starts =
    [
        [],
        [0x1f, 0x8b, 0x08], [0x28, 0xb5, 0x2f, 0xfd], [0x04, 0x22, 0x4d, 0x18], [0x02, 0x21, 0x4c, 0x18], [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00],
        "BZh91AY&SY"u8.ToArray(),
        [.. LzopMagic],
        // lzop 1.04, method 1, no checksums, no name, then a block of 256 KiB packed into 32 KiB.
        [.. LzopMagic, 0x10, 0x40, 0x20, 0xa0, 0x09, 0x40, 1, 5, .. new byte[21], 0, 4, 0, 0, 0, 0, 0x80, 0],
        "partclone-imageNTFS\0\0\0\0\0\0\0\0\0\0\00001"u8.ToArray(),
        "partclone-image\00.3.23\0\0\0\0\0\0\0\00002"u8.ToArray(),
        "\0ntfsclone-image"u8.ToArray(),
        [.. "PaRtImAgE-VoLuMe"u8, .. new byte[496], .. "MAGIC-BEGIN-LOCALHEADER"u8],
        [.. new byte[1024 + 0x38], 0x53, 0xef],
        [.. new byte[0x10040], .. "_BHRfS_M"u8],
        [.. new byte[510], 0x55, 0xaa],
    ];

    private static ReadOnlySpan<byte> LzopMagic => [0x89, 0x4c, 0x5a, 0x4f, 0x00, 0x0d, 0x0a, 0x1a, 0x0a];

    [Fact]
    public void Random_bytes_behind_any_magic_are_survived()
    {
        var files = from start in Gen.Elements(Starts)
                    from length in Gen.Elements(0, 1, 5, 30, 300, 5_000, 140_000)
                    from seed in Gen.Choose(0, int.MaxValue)
                    select (byte[])[.. start, .. RandomBytes(seed, length)];

        Prop.ForAll(files.ToArbitrary(), Survives).Check(Config.QuickThrowOnFailure.WithMaxTest(400));
    }

    [FactWithPrograms("partclone.extfs", "mke2fs", "lzop", "gzip", "zstd", "lz4", "xz", "bzip2")]
    public void Mutated_images_are_survived()
    {
        string[] commands = ["cat", "gzip -1", "lzop -1", "lzop -9", "zstd -q", "lz4 -q -B4", "lz4 -q -l", "xz -1", "bzip2 -1"];
        var plain = workshop.Partclone("ext4");
        var originals = commands.Select(command => command == "cat" ? plain : workshop.Compressed(plain, command))
            .Select(path => File.ReadAllBytes(path)[..200_000]).ToArray();
        var files = from original in Gen.Elements(originals)
                    from seed in Gen.Choose(0, int.MaxValue)
                    select Mutate(original, new Random(seed));

        Prop.ForAll(files.ToArbitrary(), Survives).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));
    }

    [Theory]
    [InlineData("zstd", new byte[] { 0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8, 0x01, 0x00, 0x00 })] // a window of 2 GiB
    [InlineData("zstd", new byte[] { 0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f })] // a content of 8 EiB
    [InlineData("lz4", new byte[] { 0x02, 0x21, 0x4c, 0x18, 0xff, 0xff, 0xff, 0xff })] // a block of 4 GiB
    public void Sizes_that_a_header_only_claims_are_not_believed(string compressor, byte[] claim)
    {
        var facts = ProbeTimed([.. claim, .. new byte[150_000]]);

        Assert.Equal(compressor, facts.Compressor);
        Assert.Equal("", facts.Clonator);
    }

    [TheoryWithPrograms("gzip", "zstd", "lz4", "xz", "bzip2")]
    [InlineData("gzip"), InlineData("zstd -q"), InlineData("lz4 -q"), InlineData("xz"), InlineData("bzip2")]
    public void Members_without_content_by_the_thousand_cost_little_time(string command)
    {
        var empty = workshop["empty"];
        File.WriteAllBytes(empty, []);
        var member = File.ReadAllBytes(workshop.Compressed(empty, command));
        var little = workshop["one"];
        File.WriteAllBytes(little, [1]);
        var first = File.ReadAllBytes(workshop.Compressed(little, command));

        ProbeTimed([.. first, .. Enumerable.Repeat(member, 5 * 1024 * 1024 / member.Length).SelectMany(bytes => bytes)]);
        ProbeTimed([.. Enumerable.Repeat(first, 5 * 1024 * 1024 / first.Length).SelectMany(bytes => bytes)]);
    }

    private bool Survives(byte[] content)
    {
        var facts = ProbeTimed(content);
        return facts.DataSize >= 0 && facts.FileSystem.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '+' or '-' or '_');
    }

    private HeaderFacts ProbeTimed(byte[] content)
    {
        var path = workshop["hostile"];
        File.WriteAllBytes(path, content);
        var before = (Time: Stopwatch.GetTimestamp(), Bytes: GC.GetAllocatedBytesForCurrentThread());

        var facts = ImageWorkshop.Probe(path);

        // Generous, because the machine does other things too: an honest image takes a millisecond.
        Assert.InRange(Stopwatch.GetElapsedTime(before.Time), TimeSpan.Zero, TimeSpan.FromSeconds(30));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before.Bytes, 0, 16 * 1024 * 1024);
        return facts;
    }

    private static byte[] RandomBytes(int seed, int length)
    {
        var random = new Random(seed);
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        var bytes = original[..(random.Next(4) == 0 ? random.Next(1, original.Length) : original.Length)];
        for (var changes = random.Next(1, 12); changes > 0; changes--)
        {
            // The first bytes are the header's, where a change leads furthest.
            var place = random.Next(random.Next(2) == 0 ? Math.Min(bytes.Length, 200) : bytes.Length);
            bytes[place] = random.Next(4) switch { 0 => 0, 1 => 255, _ => (byte)random.Next(256) };
        }
        return bytes;
    }
}
