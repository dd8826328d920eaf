using System.Buffers.Binary;
using System.Text;
using Agent.Images.Probing;
using Agent.Tests.Support;
using static Agent.Tests.Images.Probing.ImageWorkshop;

namespace Agent.Tests.Images.Probing;

/// <summary>The probe beside <c>partclone.info</c> and the other makers of images.</summary>
public sealed class HeaderProbeTests(ImageWorkshop workshop) : IClassFixture<ImageWorkshop>
{
    public static TheoryData<string> Kinds => new(FileSystems);

    [TheoryWithPrograms("partclone.info", "partclone.extfs", "mke2fs", "mkntfs", "mkfs.vfat", "mkfs.btrfs", "mkfs.xfs")]
    [MemberData(nameof(Kinds))]
    public void A_partclone_image_is_known_as_partclone_info_knows_it(string kind)
    {
        var image = workshop.Partclone(kind);

        Assert.Equal(PartcloneInfo(image), Probe(image));
    }

    [TheoryWithPrograms("partclone.info", "partclone.extfs", "mke2fs", "lzop", "gzip", "zstd", "lz4", "xz", "bzip2")]
    [InlineData("gzip -1"), InlineData("gzip -9")]
    [InlineData("lzop -1"), InlineData("lzop -3"), InlineData("lzop -9")]
    [InlineData("lzop -F"), InlineData("lzop -C"), InlineData("lzop --crc32")]
    [InlineData("zstd -q"), InlineData("zstd -q --no-check"), InlineData("zstd -q -19 --long=27")]
    [InlineData("lz4 -q"), InlineData("lz4 -q -9 -B4 -BD"), InlineData("lz4 -q -l")]
    [InlineData("xz"), InlineData("xz -9e"), InlineData("xz -0 --check=none")]
    [InlineData("bzip2 -1"), InlineData("bzip2 -9")]
    public void A_compressed_image_is_known_as_the_plain_one_is(string command)
    {
        var plain = workshop.Partclone("ext4");
        var image = workshop.Compressed(plain, command);

        Assert.Equal(PartcloneInfo(plain) with { Compressor = command.Split(' ')[0] }, Probe(image));
    }

    [TheoryWithPrograms("partclone.info", "partclone.extfs", "mke2fs")]
    [InlineData("-a0"), InlineData("-a1"), InlineData("-k16")]
    public void Checksum_options_change_nothing(string option)
    {
        var image = workshop.Partclone("ext4", option);

        Assert.Equal(PartcloneInfo(image), Probe(image));
    }

    [FactWithPrograms("partclone.info")]
    public void An_image_of_the_format_0001_is_known_as_partclone_info_knows_it()
    {
        var image = workshop["first.img"];
        File.WriteAllBytes(image, FirstFormat("HFS Plus", blockSize: 4096, blocks: 1000, used: 321));

        Assert.Equal(new HeaderFacts("partclone", "none", "HFSPLUS", 321 * 4096), Probe(image));
        Assert.Equal(321 * 4096, PartcloneInfo(image).DataSize);
    }

    [FactWithPrograms("ntfsclone", "mkntfs", "partclone.ntfs", "partclone.info")]
    public void An_ntfsclone_image_has_as_much_in_use_as_partclone_finds()
    {
        var image = workshop["windows.img"];
        Programs.Run("ntfsclone", "-q", "-f", "--save-image", "-O", image, workshop.FileSystem("ntfs"));

        var expected = PartcloneInfo(workshop.Partclone("ntfs")) with { Clonator = "ntfsclone" };
        Assert.Equal(expected, Probe(image));
    }

    [TheoryWithPrograms("mke2fs", "mkfs.btrfs", "partclone.info", "partclone.extfs", "partclone.btrfs")]
    [InlineData("ext4"), InlineData("btrfs")]
    public void A_file_system_as_it_is_is_a_synchronised_image(string kind)
    {
        var facts = Probe(workshop.FileSystem(kind));

        var cloned = PartcloneInfo(workshop.Partclone(kind));
        Assert.Equal(cloned with { Clonator = "rsync", Compressor = "", DataSize = facts.DataSize }, facts);
        Assert.InRange(facts.DataSize, cloned.DataSize * 0.8, cloned.DataSize * 1.2);
    }

    [TheoryWithPrograms("mke2fs", "mkntfs", "mkfs.vfat", "mkfs.btrfs", "gzip")]
    [InlineData("ext4", "EXTFS"), InlineData("btrfs", "BTRFS"), InlineData("ntfs", "NTFS"), InlineData("fat32", "FAT32")]
    public void A_compressed_copy_of_a_partition_was_made_by_dd(string kind, string fileSystem)
    {
        var facts = Probe(workshop.Compressed(workshop.FileSystem(kind), "gzip -1"));

        Assert.Equal(new HeaderFacts("dd", "gzip", fileSystem, facts.DataSize), facts);
    }

    [Fact]
    public void A_copy_of_a_whole_disk_was_made_by_dd_and_has_no_file_system()
    {
        var disk = new byte[1024 * 1024];
        disk[510] = 0x55;
        disk[511] = 0xaa;
        disk[446 + 4] = 0xee; // the protective entry of a GPT
        "EFI PART"u8.CopyTo(disk.AsSpan(512));

        Assert.Equal(new HeaderFacts("dd", "none", "", 0), ProbeBytes(disk));
    }

    [Fact]
    public void A_partimage_volume_tells_file_system_and_used_blocks()
    {
        // Partimage itself saves block devices alone, so its headers are written here as its documentation lays them out.
        var volume = new byte[64 * 1024];
        "PaRtImAgE-VoLuMe"u8.CopyTo(volume);
        "ext2fs"u8.CopyTo(volume.AsSpan(512));
        "MAGIC-BEGIN-LOCALHEADER"u8.CopyTo(volume.AsSpan(17141));
        BinaryPrimitives.WriteUInt64LittleEndian(volume.AsSpan(17164), 1024);
        BinaryPrimitives.WriteUInt64LittleEndian(volume.AsSpan(17172), 4391);
        BinaryPrimitives.WriteUInt64LittleEndian(volume.AsSpan(17180), 32768);

        Assert.Equal(new HeaderFacts("partimage", "none", "EXT2FS", 4391 * 1024), ProbeBytes(volume));
    }

    [Fact]
    public void What_is_no_image_has_no_facts()
    {
        Assert.Equal(HeaderFacts.None, ProbeBytes([]));
        Assert.Equal(HeaderFacts.None, ProbeBytes("# just a text\n"u8.ToArray()));
        Assert.Equal(HeaderFacts.None, ProbeBytes(new byte[200_000]));
    }

    [FactWithPrograms("partclone.extfs", "mke2fs")]
    public void A_damaged_partclone_header_gives_the_clonator_alone()
    {
        var header = File.ReadAllBytes(workshop.Partclone("ext4"))[..110];
        header[68] ^= 1;

        Assert.Equal(new HeaderFacts("partclone", "none", "", 0), ProbeBytes(header));
    }

    [Fact]
    public void Sizes_that_no_disk_has_are_left_out()
    {
        var header = FirstFormat("NTFS", blockSize: int.MaxValue, blocks: ulong.MaxValue, used: ulong.MaxValue);

        Assert.Equal(new HeaderFacts("partclone", "none", "NTFS", 0), ProbeBytes(header));
    }

    private HeaderFacts ProbeBytes(byte[] content)
    {
        var path = workshop[Guid.NewGuid().ToString()];
        File.WriteAllBytes(path, content);
        return Probe(path);
    }

    /// <summary>
    /// An image of partclone 0.2: its header, then a byte for each block and the mark behind them; today's programs only read it.
    /// </summary>
    private static byte[] FirstFormat(string fileSystem, int blockSize, ulong blocks, ulong used)
    {
        const int headerLength = 36 + 28 + 4096;
        var image = new byte[headerLength + (int)Math.Min(blocks, 100_000) + 8];
        "partclone-image"u8.CopyTo(image);
        Encoding.ASCII.GetBytes(fileSystem, image.AsSpan(15));
        "0001"u8.CopyTo(image.AsSpan(30));
        BinaryPrimitives.WriteInt32LittleEndian(image.AsSpan(36), blockSize);
        BinaryPrimitives.WriteUInt64LittleEndian(image.AsSpan(40), unchecked(blocks * (ulong)blockSize));
        BinaryPrimitives.WriteUInt64LittleEndian(image.AsSpan(48), blocks);
        BinaryPrimitives.WriteUInt64LittleEndian(image.AsSpan(56), used);
        "BiTmAgIc"u8.CopyTo(image.AsSpan(image.Length - 8));
        return image;
    }
}
