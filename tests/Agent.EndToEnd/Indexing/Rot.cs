using System.Security.Cryptography;
using Agent.EndToEnd.Support;

namespace Agent.EndToEnd.Indexing;

/// <summary>Does to images what failing disks do: other bytes, and nothing else that could be seen.</summary>
internal static class Rot
{
    /// <summary>Flips bits at random places, and returns the places in their order.</summary>
    public static async Task<List<long>> FlipAsync(string path, int bits)
    {
        var length = new FileInfo(path).Length;
        var places = Enumerable.Range(0, bits).Select(_ => Random.Shared.NextInt64(length)).Distinct().Order().ToList();
        await FlipAsync(path, places);
        return places;
    }

    /// <summary>Flips a bit at each place; the modification time stays as it was to the nanosecond.</summary>
    public static async Task FlipAsync(string path, IEnumerable<long> places)
    {
        using var directory = new TemporaryDirectory();
        var reference = directory.Write("reference", "");
        await ExternalProgram.RunAsync("touch", "-r", path, reference);
        using (var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite))
        {
            foreach (var place in places)
            {
                file.Position = place;
                var value = (byte)file.ReadByte();
                file.Position = place;
                file.WriteByte((byte)(value ^ (1 << RandomNumberGenerator.GetInt32(8))));
            }
        }
        await ExternalProgram.RunAsync("touch", "-r", reference, path);
    }

    /// <summary>Numbers of the pieces of 4 MiB that hold those places.</summary>
    public static IEnumerable<int> PiecesOf(IEnumerable<long> places) => places.Select(place => (int)(place / (4 << 20))).Distinct();
}
