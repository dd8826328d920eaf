using Agent.Common;
using Agent.Images;
using Agent.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Images;

public sealed class ImageRecordStoreTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly TemporaryDirectory _directory = new();

    private string Path => _directory["images.jsonl"];

    [Fact]
    public void What_was_put_is_there_after_a_restart()
    {
        var full = Record("a") with
        {
            Stamp = new FileStamp(5, 1_700_000_000_123_456_789, 42),
            Scope = ImageScope.Global,
            Digests = SomeDigests.Of(0x0a),
            Sidecars = new SidecarSet(new FileStamp(33, 1, 2), new FileStamp(33, 3, 4), null, "http://x/announce"),
        };
        var store = Open();
        store.Put(full);
        store.Put(Record("b") with { GoneSince = Now });
        store.Flush();

        var again = Open();

        Assert.Equal(full, again.Find(full.Id));
        Assert.Equal(Now, again.Find(Record("b").Id)!.GoneSince);
        Assert.Equal(0, again.DamagedLines);
    }

    [Fact]
    public void A_file_cut_at_any_byte_loses_only_what_was_cut()
    {
        var store = Open();
        foreach (var name in new[] { "a", "b", "c" })
            store.Put(Record(name));
        store.Flush();
        var whole = File.ReadAllBytes(Path);

        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(Path, whole[..length]);
            var cut = Open();
            var linesLeft = whole.AsSpan(0, length).Count((byte)'\n');
            Assert.Equal(linesLeft, cut.All.Count);

            cut.Put(Record("d"));
            cut.Flush();
            Assert.Equal(linesLeft + 1, Open().All.Count);
            Assert.Equal(0, Open().DamagedLines);
        }
    }

    [Fact]
    public void Any_bytes_are_survived() =>
        Prop.ForAll<byte[]>(bytes =>
        {
            File.WriteAllBytes(Path, bytes);
            var store = Open();
            store.Put(Record("a"));
            store.Flush();
            return Open().Find(Record("a").Id) is not null && Open().DamagedLines == 0;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Many_changes_do_not_grow_the_file_for_ever()
    {
        var store = Open();
        for (var i = 0; i < 5_000; i++)
        {
            store.Put(Record("a") with { Facts = ImageFacts.None with { DataSize = i } });
            store.Flush();
        }

        Assert.InRange(File.ReadLines(Path).Count(), 1, 1_100);
        Assert.Equal(4_999, Open().Find(Record("a").Id)!.Facts.DataSize);
    }

    [Fact]
    public void The_record_of_a_vanished_image_is_kept_for_a_while_only()
    {
        var store = Open();
        store.Put(Record("old") with { GoneSince = Now - ImageRecordStore.KeepGone - TimeSpan.FromDays(1) });
        store.Put(Record("young") with { GoneSince = Now - TimeSpan.FromDays(1) });
        store.Flush();

        Assert.Equal(["young"], Open().All.Select(record => record.Id.Name));
    }

    [Fact]
    public void A_write_that_fails_is_made_up_for()
    {
        var store = Open();
        Directory.CreateDirectory(Path);
        store.Put(Record("a"));
        Assert.ThrowsAny<Exception>(store.Flush);
        Directory.Delete(Path);

        store.Flush();

        Assert.NotNull(Open().Find(Record("a").Id));
    }

    public void Dispose() => _directory.Dispose();

    private ImageRecordStore Open() => ImageRecordStore.Open(Path, Now);

    private static ImageRecord Record(string name) =>
        new() { Id = new ImageId(null, name, "img"), Facts = new ImageFacts("pc", "partclone", "lzop", "NTFS", 1) };
}
