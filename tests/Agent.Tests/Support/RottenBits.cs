namespace Agent.Tests.Support;

/// <summary>Does to files what failing disks do: other bytes, and nothing else that could be seen.</summary>
internal static class RottenBits
{
    /// <summary>Flips the lowest bit of the byte at each place; the modification time stays as it was to the nanosecond.</summary>
    public static void Flip(string path, params int[] places)
    {
        var reference = path + ".reference";
        File.WriteAllBytes(reference, []);
        Run("touch", "-r", path, reference);
        using (var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite))
        {
            foreach (var place in places)
            {
                file.Position = place;
                var value = (byte)file.ReadByte();
                file.Position = place;
                file.WriteByte((byte)(value ^ 1));
            }
        }
        Run("touch", "-r", reference, path);
        File.Delete(reference);
    }

    private static void Run(string program, params string[] arguments) => Programs.Run(program, arguments);
}
