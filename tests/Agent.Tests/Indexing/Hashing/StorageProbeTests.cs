using Agent.Indexing.Hashing;
using Agent.Tests.Support;

namespace Agent.Tests.Indexing.Hashing;

/// <summary>Against a copy of what Linux shows in <c>/sys</c> and <c>/proc</c>.</summary>
public sealed class StorageProbeTests : IDisposable
{
    private readonly TemporaryDirectory _root = new();

    public StorageProbeTests()
    {
        Disk("pci0000:00/ata1/block/sda", "8:0", rotational: 1);
        Disk("pci0000:00/nvme0/block/nvme0n1", "259:0", rotational: 0);
        Disk("pci0000:00/virtio1/block/vda", "254:0", rotational: 1);
        Disk("virtual/block/dm-0", "253:0", rotational: 0);
        Partition("pci0000:00/ata1/block/sda/sda1", "8:1");
        _root.Write("dev/dm-0", "");
        Directory.CreateDirectory(_root["dev/mapper"]);
        File.CreateSymbolicLink(_root["dev/mapper/vg-images"], "../dm-0");
        _root.Write("proc/self/mountinfo", """
            27 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
            30 27 0:24 / /dev/shm rw - tmpfs tmpfs rw
            31 27 0:45 /@ /btrfs rw,relatime shared:7 master:2 - btrfs /dev/mapper/vg-images rw,space_cache=v2
            32 27 0:46 / /nfs rw - nfs4 server:/export rw
            broken line
            """);
    }

    [Theory]
    [InlineData(8, 0, StorageKind.Rotational)]
    [InlineData(8, 1, StorageKind.Rotational)] // a partition: its disk has the queue
    [InlineData(259, 0, StorageKind.SolidState)]
    [InlineData(253, 0, StorageKind.SolidState)]
    [InlineData(254, 0, StorageKind.Unknown)] // virtio says rotational of everything
    [InlineData(0, 0x24, StorageKind.Unknown)]
    [InlineData(0, 24, StorageKind.Memory)]
    [InlineData(0, 45, StorageKind.SolidState)] // btrfs on a logical volume
    [InlineData(0, 46, StorageKind.Unknown)]
    [InlineData(7, 7, StorageKind.Unknown)]
    public void Tells_what_a_device_is(ulong major, ulong minor, StorageKind expected)
    {
        Assert.Equal(expected, new StorageProbe(_root.Root).KindOf((major << 32) | minor));
    }

    [Fact]
    public void Where_nothing_can_be_read_nothing_is_known()
    {
        Assert.Equal(StorageKind.Unknown, new StorageProbe(_root["nothing"]).KindOf(1));
    }

    public void Dispose() => _root.Dispose();

    private void Disk(string device, string number, int rotational)
    {
        _root.Write($"sys/devices/{device}/queue/rotational", $"{rotational}\n");
        Link(device, number);
    }

    private void Partition(string device, string number)
    {
        Directory.CreateDirectory(_root[$"sys/devices/{device}"]);
        Link(device, number);
    }

    private void Link(string device, string number)
    {
        foreach (var link in new[] { $"sys/dev/block/{number}", $"sys/class/block/{Path.GetFileName(device)}" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_root[link])!);
            File.CreateSymbolicLink(_root[link], $"../../devices/{device}");
        }
    }
}
