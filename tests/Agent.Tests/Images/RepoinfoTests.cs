using System.Text;
using System.Text.Json;
using Agent.Images;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Images;

public sealed class RepoinfoTests
{
    private static readonly ImageFacts Facts = new("aula1-pc3", "partclone", "lzop", "NTFS", 1024);

    [Fact]
    public void Has_the_keys_and_the_order_of_OpenGnsys_and_scope_after_them()
    {
        var text = Write(ImageOf(new ImageId(null, "Windows 10", "img")), ImageOf(new ImageId("aula \"1\"", "x", "dir"), ImageScope.Global));

        Assert.Equal(
            """
            {
              "directory": "/opt/opengnsys/images",
              "images": [
                {
                  "name": "Windows 10",
                  "type": "img",
                  "clientname": "aula1-pc3",
                  "clonator": "partclone",
                  "compressor": "lzop",
                  "filesystem": "NTFS",
                  "datasize": 1024,
                  "scope": "local"
                }
              ],
              "ous": [
                {
                  "subdir": "aula \"1\"",
                  "images": [
                    {
                      "name": "x",
                      "type": "dir",
                      "clientname": "aula1-pc3",
                      "clonator": "partclone",
                      "compressor": "lzop",
                      "filesystem": "NTFS",
                      "datasize": 1024,
                      "scope": "global"
                    }
                  ]
                }
              ]
            }

            """,
            text);
    }

    [Fact]
    public void Types_that_OpenGnsys_does_not_list_are_left_out()
    {
        var text = Write(ImageOf(new ImageId(null, "a", "pgz")), ImageOf(new ImageId("ou", "a.img", "diff")));

        Assert.Empty(Repoinfo.Read(Encoding.UTF8.GetBytes(text)));
        Assert.DoesNotContain("subdir", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_OpenGnsys_wrote_is_read_with_its_faults()
    {
        var entries = Repoinfo.Read(
            """
            { "directory": "/opt/opengnsys/images", "extra": 1,
              "images": [ { "name": "A", "type": "img", "clientname": null, "datasize": "4096" }, { "type": "img" }, 7, { "name": "B", "type": "zip" } ],
              "ous": [ { "subdir": "o", "images": [ { "name": "A", "type": "dsk", "datasize": -3, "scope": "global" } ] }, { "images": [] } ] }
            """u8.ToArray());

        Assert.Equal(
            [
                new RepoinfoEntry(new ImageId(null, "A", "img"), ImageFacts.None with { DataSize = 4096 }, ImageScope.Local),
                new RepoinfoEntry(new ImageId("o", "A", "dsk"), ImageFacts.None, ImageScope.Global),
            ],
            entries);
    }

    [Fact]
    public void Whatever_is_written_is_read_again() =>
        Prop.ForAll<NonNull<string>, NonNull<string>, NonNegativeInt>((name, client, size) =>
        {
            var id = new ImageId("ou", Clean(name.Get) + "x", "img");
            var facts = new ImageFacts(Clean(client.Get), "a", "b", "C", size.Get);
            var text = Write(new Image { Id = id, Stamp = default, Facts = facts });
            return Repoinfo.Read(Encoding.UTF8.GetBytes(text)).Single() == new RepoinfoEntry(id, facts, ImageScope.Local);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_bytes_give_entries_or_a_json_error() =>
        Prop.ForAll<byte[]>(bytes =>
        {
            try
            {
                Repoinfo.Read(bytes);
            }
            catch (JsonException)
            {
                // The one error that may come.
            }
        }).QuickCheckThrowOnFailure();

    /// <summary>File names come from UTF-8 and so hold no lone surrogate.</summary>
    private static string Clean(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static Image ImageOf(ImageId id, ImageScope scope = ImageScope.Local) => new() { Id = id, Stamp = default, Facts = Facts, Scope = scope };

    private static string Write(params Image[] images) => Encoding.UTF8.GetString(Repoinfo.Write("/opt/opengnsys/images", images));
}
